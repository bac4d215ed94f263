import CNetfilter

/// Something that the kernel lists, some of it in each message of the list.
package protocol Dumped: Sendable {
  /// Adds what one message of a dump has.
  static func add(_ message: NetlinkMessage, to list: inout [Self]) throws(NetlinkFailure)
}

/// Something that the kernel lists one message at a time.
package protocol DumpedObject: Dumped {
  /// Reads one message of a dump.
  init(_ message: NetlinkMessage) throws(NetlinkFailure)
}

extension DumpedObject {
  package static func add(_ message: NetlinkMessage, to list: inout [Self]) throws(NetlinkFailure) {
    list.append(try Self(message))
  }
}

/// How often a dump is begun again when what it lists changes meanwhile.
let dumpAttempts = 10

extension NetlinkTransport where Self: ~Copyable {
  /// Everything that the kernel lists in answer to a request.
  ///
  /// - Parameter request: makes the request, with a sequence number of its own for every attempt.
  mutating func dump<Object: Dumped>(
    _ type: Object.Type, request: (UInt32) -> MessageBuilder
  ) throws(NetlinkFailure) -> [Object] {
    for _ in 0..<dumpAttempts {
      let sequence = UInt32.freshSequence
      try send(request(sequence).bytes)
      if let objects: [Object] = try consistentDump(sequence) { return objects }
    }
    throw .unstable(attempts: dumpAttempts)
  }

  /// One attempt, read to its end even if it is of no use: the rest would be in the next one's way.
  private mutating func consistentDump<Object: Dumped>(
    _ sequence: UInt32
  ) throws(NetlinkFailure) -> [Object]? {
    var objects: [Object] = []
    var isConsistent = true
    while true {
      for message in try replies(to: sequence) {
        if message.flags.contains(.dumpInterrupted) { isConsistent = false }
        try Acknowledgement(message)?.check()
        if message.type == NLMSG_DONE {
          try checkEnd(message)
          return isConsistent ? objects : nil
        }
        try Object.add(message, to: &objects)
      }
    }
  }

  /// The last message of a dump carries an error number if the kernel could not go on.
  private func checkEnd(_ message: NetlinkMessage) throws(NetlinkFailure) {
    guard let result = message.payload.load(Int32.self), result != 0 else { return }
    throw .refused(try Acknowledgement.errno(result), nil)
  }
}
