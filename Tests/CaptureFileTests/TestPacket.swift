import CaptureFile
import NetworkValues
import PacketTrace

/// A TCP or UDP packet to be captured, made field by field.
struct TestPacket {
  var source: Endpoint
  var destination: Endpoint
  var proto = IPProtocol.tcp
  var sequence: UInt32 = 0
  var acknowledgement: UInt32?
  /// SYN is 2, ACK is 16; ACK is set with `acknowledgement`.
  var flags: UInt8 = 0
  var payload: [UInt8] = []
  /// False to leave the checksum to the network card, as Linux does on lo.
  var hasChecksum = true

  init(_ source: String, _ destination: String) throws {
    guard let source = Endpoint(source), let destination = Endpoint(destination) else { throw BadEndpoint() }
    (self.source, self.destination) = (source, destination)
  }

  private struct BadEndpoint: Error {}

  /// The packet from its IP header on.
  var bytes: [UInt8] {
    let segment = transport
    switch source.address.family {
    case .ipv4:
      var header: [UInt8] = [0x45, 0] + word(20 + segment.count) + [0, 1, 0x40, 0, 64, proto.rawValue, 0, 0]
      header += source.address.bits.bytes(4) + destination.address.bits.bytes(4)
      header.replaceSubrange(10..<12, with: word(Int(~Self.sum(header))))
      return header + segment
    case .ipv6:
      let header: [UInt8] = [0x60, 0, 0, 0] + word(segment.count) + [proto.rawValue, 64]
      return header + source.address.bits.bytes(16) + destination.address.bits.bytes(16) + segment
    }
  }

  private var transport: [UInt8] {
    let ports = word(Int(source.port.rawValue)) + word(Int(destination.port.rawValue))
    var segment: [UInt8]
    let checksum: Int
    if proto == .tcp {
      let numbers = UInt128(sequence).bytes(4) + UInt128(acknowledgement ?? 0).bytes(4)
      let ack: UInt8 = acknowledgement == nil ? 0 : 16
      segment = ports + numbers + [0x50, flags | ack, 0xff, 0xff, 0, 0, 0, 0] + payload
      checksum = 16
    } else {
      segment = ports + word(8 + payload.count) + [0, 0] + payload
      checksum = 6
    }
    let width = source.address.family == .ipv4 ? 4 : 16
    let pseudo =
      source.address.bits.bytes(width) + destination.address.bits.bytes(width) + [0, proto.rawValue]
      + word(segment.count)
    let sum = hasChecksum ? ~Self.sum(pseudo + segment) : Self.sum(pseudo)
    segment.replaceSubrange(checksum..<(checksum + 2), with: word(Int(sum)))
    return segment
  }

  /// The captured packet, with the header of its link layer.
  func captured(_ linkType: LinkType = .raw, at time: UInt64 = 0) -> CapturedPacket {
    let isIPv4 = source.address.family == .ipv4
    let etherType: [UInt8] = isIPv4 ? [0x08, 0x00] : [0x86, 0xdd]
    let header: [UInt8]
    switch linkType {
    case .ethernet:
      header = [UInt8](repeating: 0, count: 12) + [0x81, 0x00, 0x00, 0x05] + etherType
    case .linuxCooked: header = [UInt8](repeating: 0, count: 14) + etherType
    case .linuxCooked2: header = etherType + [UInt8](repeating: 0, count: 18)
    case .null: header = [isIPv4 ? 2 : 10, 0, 0, 0]
    case .loop: header = [0, 0, 0, isIPv4 ? 2 : 24]
    default: header = []
    }
    return CapturedPacket(linkType: linkType, time: time, bytes: header + bytes)
  }

  private func word(_ number: Int) -> [UInt8] { UInt128(number & 0xffff).bytes(2) }

  /// The sum of RFC 1071, computed bit by bit apart from the code under test.
  static func sum(_ bytes: [UInt8]) -> UInt16 {
    let padded = bytes.count % 2 == 0 ? bytes : bytes + [0]
    var total = 0
    for index in stride(from: 0, to: padded.count, by: 2) {
      total += Int(padded[index]) << 8 | Int(padded[index + 1])
    }
    let folded = total % 0xffff
    return UInt16(folded == 0 && total > 0 ? 0xffff : folded)
  }
}

extension UInt128 {
  fileprivate func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: self >> (8 * (count - 1 - $0))) }
  }
}

/// A connection of an app to a service, as it is seen on lo after the rules.
struct TestConnection {
  let app: String
  let listener: String
  let service: String
  var first: UInt32 = 1000
  var second: UInt32 = 900_000

  /// The handshake, a request and its answer.
  func packets(_ request: String = "request", _ response: String = "response") throws -> [TestPacket] {
    var packets: [TestPacket] = []
    func add(
      _ isRequest: Bool, sequence: UInt32, acknowledgement: UInt32?, flags: UInt8 = 0, _ payload: String = ""
    ) throws {
      var packet = try TestPacket(isRequest ? app : service, isRequest ? listener : app)
      (packet.sequence, packet.acknowledgement, packet.flags) = (sequence, acknowledgement, flags)
      packet.payload = Array(payload.utf8)
      packets.append(packet)
    }
    try add(true, sequence: first, acknowledgement: nil, flags: 2)
    try add(false, sequence: second, acknowledgement: first + 1, flags: 2)
    try add(true, sequence: first + 1, acknowledgement: second + 1)
    try add(true, sequence: first + 1, acknowledgement: second + 1, request)
    let end = first + 1 + UInt32(request.utf8.count)
    try add(false, sequence: second + 1, acknowledgement: end, response)
    return packets
  }

  /// The same without the rules.
  func joined() throws -> [TestPacket] {
    try TestConnection(app: app, listener: service, service: service, first: first, second: second).packets()
  }
}
