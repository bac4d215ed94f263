import CaptureFile

/// A capture in pcap or pcapng format. Read in parts, it has the same packets.
enum CaptureFileReader: FuzzedReader {
  static let name = "pcap"

  static func check(_ input: [UInt8]) {
    let middle = input.count / 2
    let whole = items(of: [input], input)
    let inParts = items(of: [Array(input[..<middle]), Array(input[middle...])], input)
    Oracle.expect(whole == inParts, "other packets in parts", input, output: "\(whole)\n\(inParts)")
    var joiner = StreamJoiner()
    var count = 0
    for case .packet(let packet) in whole { count += joiner.add(packet).count }
    let rest = joiner.finish()
    let packets = whole.count { if case .packet = $0 { true } else { false } }
    Oracle.expect(count + rest.count == packets, "packets are lost", input)
    rest.forEach { _ = PcapngWriter.block($0) }
  }

  /// The items before the first error.
  private static func items(of parts: [[UInt8]], _ input: [UInt8]) -> [CaptureReader.Item] {
    var reader = CaptureReader()
    var items: [CaptureReader.Item] = []
    do {
      for part in parts { items += try reader.read(part.span) }
      try reader.finish()
    } catch {
      Oracle.expectMessage(error, input)
    }
    return items
  }
}
