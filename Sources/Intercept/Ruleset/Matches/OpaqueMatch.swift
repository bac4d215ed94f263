/// A match that is not modelled, as the text it was read from: `-m statistic --mode random --probability 0.5`.
public struct OpaqueMatch: Hashable, Sendable {
  /// Name and options, as they would be printed.
  public let text: String

  public init(_ text: String) {
    self.text = text
  }

  /// Where the text stands in a printed rule: options of the packet's header before the match extensions.
  var rank: Int {
    let option = text.hasPrefix("! ") ? text.dropFirst(2) : text[...]
    guard !option.hasPrefix("-m ") else { return 6 }
    let places = ["-s ", "-d ", "-i ", "-o ", "-p ", "-f"]
    return places.firstIndex { option.hasPrefix($0) } ?? 6
  }
}
