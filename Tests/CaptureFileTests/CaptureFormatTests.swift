import CaptureFile
import NetworkValues
import PacketTrace
import Testing

/// The formats of captures.
struct CaptureFormatTests {
  private static func number(_ value: UInt32, _ isBig: Bool, _ width: Int = 4) -> [UInt8] {
    let bytes = (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return isBig ? bytes.reversed() : bytes
  }

  /// A capture of two packets.
  private static func pcap(isBig: Bool, isNanoseconds: Bool) -> [UInt8] {
    let magic: UInt32 = isNanoseconds ? 0xa1b2_3c4d : 0xa1b2_c3d4
    let versions = number(2, isBig, 2) + number(4, isBig, 2)
    let header = number(magic, isBig) + versions + [UInt8](repeating: 0, count: 8)
    let rest = number(65535, isBig) + number(101, isBig)
    func packet(_ bytes: [UInt8]) -> [UInt8] {
      [7, 5, UInt32(bytes.count), 99].flatMap { number($0, isBig) } + bytes
    }
    return header + rest + packet([1, 2, 3]) + packet([])
  }

  /// A section with an interface whose clock counts in 1/1024 of a second, and a packet.
  private static func pcapng(isBig: Bool) -> [UInt8] {
    func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
      let length = number(UInt32(body.count + 12), isBig)
      return number(type, isBig) + length + body + length
    }
    func option(_ code: UInt32, _ value: [UInt8]) -> [UInt8] {
      number(code, isBig, 2) + number(UInt32(value.count), isBig, 2) + value
        + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
    }
    let section = number(0x1a2b_3c4d, isBig) + number(1, isBig) + [UInt8](repeating: 0xff, count: 8)
    let interface =
      number(113, isBig, 2) + [0, 0] + number(0, isBig) + option(2, Array("any".utf8)) + option(9, [0x8a])
    let packet =
      [0, 0, 2048, 3, 3].flatMap { number($0, isBig) } + [9, 8, 7, 0] + option(1, Array("note".utf8))
      + option(2, number(1, isBig)) + option(0, [])
    return block(0x0a0d_0d0a, section) + block(1, interface) + block(0x0bad, [1, 2, 3, 4]) + block(6, packet)
  }

  private static func items(_ bytes: [UInt8], chunk: Int = .max) throws -> [CaptureReader.Item] {
    var reader = CaptureReader()
    var items: [CaptureReader.Item] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = Array(rest.prefix(chunk))
      rest = rest.dropFirst(part.count)
      items += try reader.read(part.span)
    }
    try reader.finish()
    return items
  }

  @Test(arguments: [false, true], [false, true])
  func pcapIsReadInBothByteOrders(isBig: Bool, isNanoseconds: Bool) throws {
    let bytes = Self.pcap(isBig: isBig, isNanoseconds: isNanoseconds)
    let time: UInt64 = 7_000_000_000 + (isNanoseconds ? 5 : 5000)
    let packets: [CaptureReader.Item] = [[1, 2, 3], []].map {
      .packet(CapturedPacket(linkType: .raw, time: time, originalLength: 99, bytes: $0))
    }
    let wanted = [.interface(CaptureInterface(linkType: .raw, snapLength: 65535))] + packets
    for chunk in [1, 5, 24, 1000] { #expect(try Self.items(bytes, chunk: chunk) == wanted) }
  }

  @Test(arguments: [false, true])
  func pcapngIsReadInBothByteOrders(isBig: Bool) throws {
    var packet = CapturedPacket(linkType: .linuxCooked, time: 2_000_000_000, bytes: [9, 8, 7])
    packet.comments = [Array("note".utf8)]
    packet.flags = 1
    let interface = CaptureInterface(linkType: .linuxCooked, name: Array("any".utf8))
    let bytes = Self.pcapng(isBig: isBig)
    for chunk in [1, 7, 1000] {
      #expect(try Self.items(bytes, chunk: chunk) == [.interface(interface), .packet(packet)])
    }
    // The interfaces of a second section have other numbers.
    let both = try Self.items(bytes + Self.pcapng(isBig: !isBig))
    guard case .packet(let second) = both.last else { throw CaptureProblem() }
    #expect(second.interface == 1 && second.bytes == packet.bytes)
  }

  private struct CaptureProblem: Error {}

  @Test func whatIsWrittenIsReadAgain() throws {
    var packet = CapturedPacket(
      linkType: .ethernet, time: .max / 3, originalLength: 1500, bytes: [1, 2, 3, 4, 5])
    packet.comments = [Array("first".utf8), []]
    packet.flags = 0x1234
    let interface = CaptureInterface(linkType: .ethernet, snapLength: 262_144, name: Array("eth0".utf8))
    let bytes =
      PcapngWriter.header(application: "test") + PcapngWriter.block(interface) + PcapngWriter.block(packet)
    #expect(try Self.items(bytes) == [.interface(interface), .packet(packet)])
  }

  @Test func thePacketsBeforeADamagedOneAreRead() throws {
    let damaged = Self.pcap(isBig: true, isNanoseconds: false) + [UInt8](repeating: 0xff, count: 16)
    var reader = CaptureReader()
    #expect(try reader.read(damaged.span).count == 3)
    #expect(throws: CaptureError.self) { try reader.read([1].span) }
    #expect(throws: CaptureError.self) { try reader.finish() }
  }

  private static let damaged: [[UInt8]] = [
    [], [1], Array("not a capture, but long enough".utf8),
    pcap(isBig: false, isNanoseconds: true) + [1],
    pcap(isBig: true, isNanoseconds: false) + [UInt8](repeating: 0xff, count: 16),
    pcapng(isBig: false).dropLast(), [0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 12, 1, 2, 3, 4],
    [0x0a, 0x0d, 0x0d, 0x0a, 0xff, 0xff, 0xff, 0xff, 0x1a, 0x2b, 0x3c, 0x4d],
  ]

  @Test(arguments: damaged)
  func damagedCapturesAreRefused(bytes: [UInt8]) {
    #expect(throws: CaptureError.self) { try Self.items(bytes) }
  }

  /// Any bytes are read, or refused with an error.
  @Test func changedBytesAreReadOrRefused() throws {
    var generator = SystemRandomNumberGenerator()
    let samples = [
      Self.pcapng(isBig: false), Self.pcapng(isBig: true), Self.pcap(isBig: false, isNanoseconds: false),
    ]
    for sample in samples {
      for position in sample.indices {
        var bytes = sample
        bytes[position] = UInt8.random(in: 0...255, using: &generator)
        guard let items = try? Self.items(bytes) else { continue }
        var joiner = StreamJoiner()
        for case .packet(let packet) in items { _ = joiner.add(packet) }
        #expect(joiner.counts.rewritten == 0)
      }
    }
  }
}
