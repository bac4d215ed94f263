/// A match that is not modelled, as the text it was read from: `-m statistic --mode random --probability 0.5`.
public struct OpaqueMatch: Hashable, Sendable {
  /// Name and options, as they would be printed.
  public let text: String

  public init(_ text: String) {
    self.text = text
  }

  /// Where the text stands in a printed rule: options of the packet's header before the match extensions.
  var rank: Int {
    var bytes = text.utf8[...]
    if bytes.first == UInt8(ascii: "!") { bytes = bytes.dropFirst(2) }
    guard bytes.popFirst() == UInt8(ascii: "-") else { return 6 }
    switch bytes.first {
    case UInt8(ascii: "s"): return 0
    case UInt8(ascii: "d"): return 1
    case UInt8(ascii: "i"): return 2
    case UInt8(ascii: "o"): return 3
    case UInt8(ascii: "f"): return 5
    default: return 6
    }
  }
}
