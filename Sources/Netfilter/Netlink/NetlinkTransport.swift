import CNetfilter
import Synchronization

/// A carrier of netlink datagrams: the socket, or a recording of one in a test.
package protocol NetlinkTransport: ~Copyable {
  /// The address the kernel sends answers to (`nl_pid`).
  var portID: UInt32 { get }

  /// Sends one datagram.
  mutating func send(_ datagram: [UInt8]) throws(NetlinkFailure)

  /// The next datagram received. Throws after a time limit.
  mutating func receive() throws(NetlinkFailure) -> [UInt8]

  /// Makes room for a datagram of this size and for this many short answers to it.
  mutating func reserve(sending bytes: Int, replies: Int) throws(NetlinkFailure)
}

extension NetlinkTransport where Self: ~Copyable {
  /// The messages of the next datagram that are addressed to this socket, without notifications.
  package mutating func messages() throws(NetlinkFailure) -> [NetlinkMessage] {
    let portID = self.portID
    return try NetlinkMessage.messages(in: receive()).filter { $0.portID == portID }
  }

  /// The messages of the next datagram that has answers to the request with this sequence number.
  package mutating func replies(to sequence: UInt32) throws(NetlinkFailure) -> [NetlinkMessage] {
    while true {
      let mine = try messages().filter { $0.sequence == sequence }
      if !mine.isEmpty { return mine }
    }
  }

  /// Sends a request that changes something and waits for the acknowledgement.
  package mutating func perform(_ request: MessageBuilder, sequence: UInt32) throws(NetlinkFailure) {
    try send(request.bytes)
    for reply in try replies(to: sequence) {
      if let acknowledgement = try Acknowledgement(reply) { return try acknowledgement.check() }
    }
    throw .malformed("an answer without an acknowledgement")
  }

  /// Sends a request that is answered with one message.
  package mutating func ask(_ request: MessageBuilder, sequence: UInt32) throws(NetlinkFailure)
    -> NetlinkMessage
  {
    try send(request.bytes)
    guard let reply = try replies(to: sequence).first else { throw .malformed("no answer") }
    try Acknowledgement(reply)?.check()
    return reply
  }
}

extension UInt32 {
  /// A first sequence number, so that answers to earlier requests do not match.
  ///
  /// The first of the process is random; the others follow at a distance that no batch fills.
  package static var freshSequence: UInt32 {
    let sequence = nextSequence.wrappingAdd(sequenceDistance, ordering: .relaxed).newValue & 0x7fff_ffff
    return Swift.max(sequence, 1)
  }

  private static let nextSequence = Atomic(UInt32.random(in: 1...0x7fff_ffff))

  /// A prime, so that every number has its turn.
  private static var sequenceDistance: UInt32 { 16_777_259 }
}

/// An element of a dump whose messages each carry several elements.
package protocol Dumped: Sendable {
  /// Adds the elements of one message of a dump.
  static func add(_ message: NetlinkMessage, to list: inout [Self]) throws(NetlinkFailure)
}

/// An object of a dump, one per message.
package protocol DumpedObject: Dumped {
  /// Reads one message of a dump.
  init(_ message: NetlinkMessage) throws(NetlinkFailure)
}

extension DumpedObject {
  package static func add(_ message: NetlinkMessage, to list: inout [Self]) throws(NetlinkFailure) {
    list.append(try Self(message))
  }
}

/// Number of times an interrupted dump (NLM_F_DUMP_INTR) is started.
package let dumpAttempts = 10

extension NetlinkTransport where Self: ~Copyable {
  /// All objects that the kernel lists in answer to a request.
  ///
  /// - Parameter request: makes the request for a sequence number, which differs in every attempt.
  package mutating func dump<Object: Dumped>(
    _ type: Object.Type, request: (UInt32) -> MessageBuilder
  ) throws(NetlinkFailure) -> [Object] {
    for _ in 0..<dumpAttempts {
      let sequence = UInt32.freshSequence
      try send(request(sequence).bytes)
      if let objects: [Object] = try consistentDump(sequence) { return objects }
    }
    throw .unstable(attempts: dumpAttempts)
  }

  /// One attempt, read to its end even if it was interrupted: leftover messages would mix with the next attempt.
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

  /// Throws the error number in the last message of a dump, if there is one.
  private func checkEnd(_ message: NetlinkMessage) throws(NetlinkFailure) {
    guard let result = message.payload.load(Int32.self), result != 0 else { return }
    throw .refused(try Acknowledgement.errno(result), nil)
  }
}
