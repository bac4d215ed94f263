import CNetfilter

/// Whatever carries netlink datagrams: the socket, or a recording of one in a test.
package protocol NetlinkTransport: ~Copyable {
  /// The address the kernel sends answers to (`nl_pid`).
  var portID: UInt32 { get }

  /// Sends one datagram.
  mutating func send(_ datagram: [UInt8]) throws(NetlinkFailure)

  /// The next datagram received. Never waits for ever.
  mutating func receive() throws(NetlinkFailure) -> [UInt8]

  /// Makes room for a datagram of this size, and for this many short answers to it.
  mutating func reserve(sending bytes: Int, replies: Int) throws(NetlinkFailure)
}

extension NetlinkTransport where Self: ~Copyable {
  /// The next datagram's messages to this socket, which leaves out notifications of others' changes.
  mutating func messages() throws(NetlinkFailure) -> [NetlinkMessage] {
    let portID = self.portID
    return try NetlinkMessage.messages(in: receive()).filter { $0.portID == portID }
  }

  /// The messages of the next datagram that has answers to the request with this sequence number.
  mutating func replies(to sequence: UInt32) throws(NetlinkFailure) -> [NetlinkMessage] {
    while true {
      let mine = try messages().filter { $0.sequence == sequence }
      if !mine.isEmpty { return mine }
    }
  }

  /// Sends a request that changes something and waits until the kernel says that it is done.
  mutating func perform(_ request: MessageBuilder, sequence: UInt32) throws(NetlinkFailure) {
    try send(request.bytes)
    for reply in try replies(to: sequence) {
      if let acknowledgement = try Acknowledgement(reply) { return try acknowledgement.check() }
    }
    throw .malformed("an answer without an acknowledgement")
  }

  /// Sends a request that is answered with one message.
  mutating func ask(_ request: MessageBuilder, sequence: UInt32) throws(NetlinkFailure) -> NetlinkMessage {
    try send(request.bytes)
    guard let reply = try replies(to: sequence).first else { throw .malformed("no answer") }
    try Acknowledgement(reply)?.check()
    return reply
  }
}

extension UInt32 {
  /// A sequence number to start from that answers to earlier requests on the socket do not have.
  static var freshSequence: UInt32 { .random(in: 1...0x7fff_ffff) }
}

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
