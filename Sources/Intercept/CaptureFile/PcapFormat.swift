/// A file in pcap format: a header, then packets.
struct PcapFormat: Hashable, Sendable {
  static let headerLength = 24
  private static let packetHeaderLength = 16

  let interface: CaptureInterface
  private let order: ByteOrder
  /// Nanoseconds in a unit of the fraction of a second.
  private let unit: UInt64

  /// Reads the header.
  ///
  /// - Throws: `CaptureError` for another magic number.
  init(header bytes: [UInt8]) throws(CaptureError) {
    switch (ByteOrder.big.uint32(bytes, 0), ByteOrder.little.uint32(bytes, 0)) {
    case (0xa1b2_c3d4, _): (order, unit) = (.big, 1000)
    case (0xa1b2_3c4d, _): (order, unit) = (.big, 1)
    case (_, 0xa1b2_c3d4): (order, unit) = (.little, 1000)
    case (_, 0xa1b2_3c4d): (order, unit) = (.little, 1)
    default: throw CaptureError("this is no capture in pcap or pcapng format; tcpdump -w writes them")
    }
    // The upper half has the length of a frame check sequence.
    let linkType = UInt16(truncatingIfNeeded: order.uint32(bytes, 20))
    interface = CaptureInterface(
      linkType: LinkType(rawValue: linkType), snapLength: order.uint32(bytes, 16))
  }

  /// The packet at a position and the position after it; nil if it is not complete.
  func packet(in bytes: [UInt8], at position: Int) throws(CaptureError) -> (CapturedPacket, Int)? {
    guard bytes.count - position >= Self.packetHeaderLength else { return nil }
    let length = order.uint32(bytes, position + 8)
    guard length <= CaptureReader.longestPacket else {
      throw CaptureError("a packet of \(length) bytes: the capture is damaged")
    }
    let start = position + Self.packetHeaderLength
    let end = start + Int(length)
    guard bytes.count >= end else { return nil }
    let seconds = UInt64(order.uint32(bytes, position))
    let packet = CapturedPacket(
      linkType: interface.linkType,
      time: seconds * 1_000_000_000 + UInt64(order.uint32(bytes, position + 4)) * unit,
      originalLength: order.uint32(bytes, position + 12), bytes: Array(bytes[start..<end]))
    return (packet, end)
  }
}
