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
