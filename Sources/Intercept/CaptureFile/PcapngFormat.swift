/// A file in pcapng format: sections of blocks.
struct PcapngFormat: Hashable, Sendable {
  static let sectionHeader: UInt32 = 0x0a0d_0d0a

  /// Types of blocks.
  private enum BlockType {
    static let interface: UInt32 = 1
    static let obsoletePacket: UInt32 = 2
    static let simplePacket: UInt32 = 3
    static let enhancedPacket: UInt32 = 6
  }

  private struct Interface: Hashable, Sendable {
    let description: CaptureInterface
    let clock: CaptureClock
  }

  private static let mostInterfaces = 1 << 16

  private var order = ByteOrder.little
  /// Number of the section's first interface.
  private var firstInterface = 0
  private var interfaces: [Interface] = []

  /// The content of the block at a position and the position after it; nil if it is not complete.
  mutating func block(in bytes: [UInt8], at position: Int) throws(CaptureError) -> (CaptureReader.Item?, Int)?
  {
    guard bytes.count - position >= 12 else { return nil }
    let isSection = ByteOrder.big.uint32(bytes, position) == Self.sectionHeader
    if isSection { try startSection(bytes, position) }
    let length = order.uint32(bytes, position + 4)
    guard length >= 12, length <= CaptureReader.longestBlock, length % 4 == 0 else {
      throw CaptureError("a block of \(length) bytes: the capture is damaged")
    }
    let end = position + Int(length)
    guard bytes.count >= end else { return nil }
    guard !isSection else { return (nil, end) }
    let body = PcapngBlock(bytes: Array(bytes[(position + 8)..<(end - 4)]), order: order)
    return (try item(order.uint32(bytes, position), body), end)
  }

  private mutating func startSection(_ bytes: [UInt8], _ position: Int) throws(CaptureError) {
    switch ByteOrder.big.uint32(bytes, position + 8) {
    case 0x1a2b_3c4d: order = .big
    case 0x4d3c_2b1a: order = .little
    default: throw CaptureError("the byte order of a section is unknown: the capture is damaged")
    }
    firstInterface += interfaces.count
    interfaces.removeAll()
  }

  private mutating func item(_ type: UInt32, _ block: PcapngBlock) throws(CaptureError) -> CaptureReader.Item?
  {
    switch type {
    case BlockType.interface: return .interface(try addInterface(block))
    case BlockType.enhancedPacket:
      return .packet(try packet(block, interface: Int(try block.uint32(0)), header: 20, lengths: 12))
    case BlockType.obsoletePacket:
      return .packet(try packet(block, interface: Int(try block.uint16(0)), header: 20, lengths: 12))
    case BlockType.simplePacket: return .packet(try simplePacket(block))
    default: return nil
    }
  }

  private mutating func addInterface(_ block: PcapngBlock) throws(CaptureError) -> CaptureInterface {
    guard interfaces.count < Self.mostInterfaces else { throw CaptureError("too many interfaces") }
    let options = block.options(from: 8)
    let description = CaptureInterface(
      linkType: LinkType(rawValue: try block.uint16(0)), snapLength: try block.uint32(4),
      name: options.first(2) ?? [])
    interfaces.append(
      Interface(description: description, clock: CaptureClock(options: options, order)))
    return description
  }

  private func packet(
    _ block: PcapngBlock, interface: Int, header: Int, lengths: Int
  ) throws(CaptureError) -> CapturedPacket {
    guard interfaces.indices.contains(interface) else {
      throw CaptureError("a packet of interface \(interface), which the capture does not describe")
    }
    let length = Int(try block.uint32(lengths))
    let ticks = UInt64(try block.uint32(4)) << 32 | UInt64(try block.uint32(8))
    var packet = CapturedPacket(
      interface: firstInterface + interface, linkType: interfaces[interface].description.linkType,
      time: interfaces[interface].clock.nanoseconds(ticks), originalLength: try block.uint32(lengths + 4),
      bytes: try block.bytes(header, length))
    let options = block.options(from: header + (length + 3) / 4 * 4)
    packet.comments = options.all(1)
    packet.flags = options.first(2).flatMap { $0.count == 4 ? order.uint32($0, 0) : nil }
    return packet
  }

  /// A packet without time and interface number.
  private func simplePacket(_ block: PcapngBlock) throws(CaptureError) -> CapturedPacket {
    guard let interface = interfaces.first else {
      throw CaptureError("a packet of interface 0, which the capture does not describe")
    }
    let original = try block.uint32(0)
    let limit = interface.description.snapLength
    let length = min(Int(original), limit == 0 ? .max : Int(limit), block.count - 4)
    return CapturedPacket(
      interface: firstInterface, linkType: interface.description.linkType, originalLength: original,
      bytes: try block.bytes(4, length))
  }
}

/// The body of a block.
private struct PcapngBlock {
  private let content: [UInt8]
  private let order: ByteOrder

  init(bytes: [UInt8], order: ByteOrder) {
    (content, self.order) = (bytes, order)
  }

  var count: Int { content.count }

  func uint16(_ position: Int) throws(CaptureError) -> UInt16 {
    try check(position, 2)
    return order.uint16(content, position)
  }

  func uint32(_ position: Int) throws(CaptureError) -> UInt32 {
    try check(position, 4)
    return order.uint32(content, position)
  }

  func bytes(_ position: Int, _ length: Int) throws(CaptureError) -> [UInt8] {
    try check(position, length)
    return Array(content[position..<(position + length)])
  }

  private func check(_ position: Int, _ length: Int) throws(CaptureError) {
    guard length >= 0, length <= CaptureReader.longestPacket, position + length <= content.count else {
      throw CaptureError("a block is shorter than its content: the capture is damaged")
    }
  }

  /// The options from a position on; those after a damaged one are left out.
  func options(from start: Int) -> PcapngOptions {
    var options: [(UInt16, [UInt8])] = []
    var position = start
    while position + 4 <= content.count {
      let code = order.uint16(content, position)
      let end = position + 4 + Int(order.uint16(content, position + 2))
      guard code != 0, end <= content.count else { break }
      options.append((code, Array(content[(position + 4)..<end])))
      position = position + 4 + (end - position - 4 + 3) / 4 * 4
    }
    return PcapngOptions(list: options)
  }
}

/// The options of a block.
struct PcapngOptions {
  let list: [(code: UInt16, value: [UInt8])]

  func first(_ code: UInt16) -> [UInt8]? { list.first { $0.code == code }?.value }

  func all(_ code: UInt16) -> [[UInt8]] { list.filter { $0.code == code }.map(\.value) }
}

/// The clock of an interface: the resolution of its timestamps (`if_tsresol`) and their offset (`if_tsoffset`).
struct CaptureClock: Hashable, Sendable {
  /// Units in a second.
  private let unitsPerSecond: UInt128
  private let offset: UInt64

  init(options: PcapngOptions, _ order: ByteOrder) {
    let resolution = options.first(9)?.first ?? 6
    let exponent = Int(resolution & 0x7f)
    unitsPerSecond =
      resolution & 0x80 == 0
      ? (0..<min(exponent, 30)).reduce(1) { power, _ in power * 10 } : 1 << min(exponent, 64)
    offset = options.first(14).flatMap { $0.count == 8 ? order.uint64($0, 0) : nil } ?? 0
  }

  /// Nanoseconds since 1970; wraps where a damaged capture exceeds them.
  func nanoseconds(_ ticks: UInt64) -> UInt64 {
    let nanoseconds = UInt128(ticks) * 1_000_000_000 / unitsPerSecond
    return UInt64(truncatingIfNeeded: nanoseconds) &+ offset &* 1_000_000_000
  }
}
