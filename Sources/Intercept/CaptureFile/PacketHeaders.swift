import NetworkValues
import PacketTrace

/// The IP and TCP or UDP headers of a captured packet.
///
/// The corresponding documents are RFC 791, RFC 8200, RFC 9293 and RFC 768.
struct PacketHeaders: Hashable, Sendable {
  let family: IPFamily
  /// Position of the IP header.
  let network: Int
  /// Position of the TCP or UDP header.
  let transport: Int
  /// `tcp` or `udp`.
  let proto: IPProtocol
  let source: Endpoint
  let destination: Endpoint
  /// Position after the packet by its IP header; more than the captured bytes if it was cut.
  let end: Int

  /// Position of the payload; nil for TCP with a damaged header.
  private let payload: Int

  /// Nil for other protocols, fragments, and packets whose headers are damaged or not captured.
  init?(_ packet: CapturedPacket) {
    let bytes = packet.bytes
    guard let network = packet.linkType.networkHeader(in: bytes), network < bytes.count,
      let layout = IPLayout(bytes, network), [.tcp, .udp].contains(layout.proto),
      bytes.count >= layout.transport + (layout.proto == .tcp ? 20 : 8)
    else { return nil }
    let header =
      layout.proto == .tcp ? Int(bytes[layout.transport + 12] >> 4) * 4 : 8
    guard header >= 8, layout.end >= layout.transport + header else { return nil }
    (self.network, transport, proto, end) = (network, layout.transport, layout.proto, layout.end)
    (family, payload) = (layout.family, layout.transport + header)
    func port(_ position: Int) -> Port { Port(rawValue: ByteOrder.big.uint16(bytes, position)) }
    source = Endpoint(layout.address(bytes, at: layout.source), port(layout.transport))
    destination = Endpoint(layout.address(bytes, at: layout.destination), port(layout.transport + 2))
  }

  var payloadLength: Int { end - payload }

  /// Identifier of a DNS message; nil if it is not captured.
  func messageID(in bytes: [UInt8]) -> UInt16? {
    payload + 2 <= min(bytes.count, end) ? ByteOrder.big.uint16(bytes, payload) : nil
  }

  /// The sequence and acknowledgement numbers of TCP.
  func segment(in bytes: [UInt8]) -> TCPSegment {
    let flags = bytes[transport + 13]
    let isOpening = flags & 0x02 != 0
    let length =
      UInt32(truncatingIfNeeded: payloadLength) &+ (isOpening ? 1 : 0) &+ (flags & 0x01 == 0 ? 0 : 1)
    return TCPSegment(
      sequence: ByteOrder.big.uint32(bytes, transport + 4), length: length,
      acknowledgement: flags & 0x10 != 0 ? ByteOrder.big.uint32(bytes, transport + 8) : nil,
      isOpening: isOpening)
  }
}

/// The numbers of a TCP segment that relate it to those of the other direction.
struct TCPSegment: Hashable, Sendable {
  let sequence: UInt32
  /// Length in sequence numbers: SYN and FIN count as one each.
  let length: UInt32
  /// Nil without the flag ACK.
  let acknowledgement: UInt32?
  /// True with the flag SYN.
  let isOpening: Bool

  /// Greatest distance of numbers of one connection at a time: far less than the space of numbers, and more than buffers.
  private static let window = UInt32(1) << 26

  /// True if the segment can answer another one, of the other direction of the same connection.
  func answers(_ other: TCPSegment) -> Bool {
    guard let acknowledgement else { return other.acknowledgement == sequence }
    if other.isOpening { return (1...max(1, other.length)).contains(acknowledgement &- other.sequence) }
    return Self.isNear(acknowledgement, other.sequence)
      && other.acknowledgement.map { Self.isNear($0, sequence) } ?? true
  }

  private static func isNear(_ number: UInt32, _ other: UInt32) -> Bool {
    min(number &- other, other &- number) <= window
  }
}

/// Positions in an IP header.
private struct IPLayout {
  let family: IPFamily
  let transport: Int
  let proto: IPProtocol
  let source: Int
  let destination: Int
  let end: Int

  init?(_ bytes: [UInt8], _ network: Int) {
    switch bytes[network] >> 4 {
    case 4:
      let header = Int(bytes[network] & 0x0f) * 4
      guard header >= 20, bytes.count >= network + header,
        ByteOrder.big.uint16(bytes, network + 6) & 0x3fff == 0
      else { return nil }
      (family, transport) = (.ipv4, network + header)
      proto = IPProtocol(rawValue: bytes[network + 9])
      (source, destination) = (network + 12, network + 16)
      // Segments that are cut by the network card have a length of 0.
      let length = Int(ByteOrder.big.uint16(bytes, network + 2))
      end = length == 0 ? bytes.count : network + length
    case 6:
      guard bytes.count >= network + 40, let found = Self.transport(bytes, network) else { return nil }
      family = .ipv6
      (transport, proto) = found
      (source, destination) = (network + 8, network + 24)
      let length = Int(ByteOrder.big.uint16(bytes, network + 4))
      end = length == 0 ? bytes.count : network + 40 + length
    default: return nil
    }
  }

  /// The header after at most eight extension headers; nil for a fragment.
  private static func transport(_ bytes: [UInt8], _ network: Int) -> (Int, IPProtocol)? {
    var (next, position) = (bytes[network + 6], network + 40)
    for _ in 0..<8 {
      switch next {
      case 0, 43, 60:
        guard bytes.count >= position + 2 else { return nil }
        next = bytes[position]
        position += 8 + Int(bytes[position + 1]) * 8
      default: return (position, IPProtocol(rawValue: next))
      }
    }
    return nil
  }

  func address(_ bytes: [UInt8], at position: Int) -> IPAddress {
    IPAddress(family, bits: UInt128(bigEndianBytes: bytes[position..<(position + family.addressBits / 8)]))
  }
}
