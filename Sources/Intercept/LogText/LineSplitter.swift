import NetworkValues

/// Splits a stream of bytes into lines, with bounded memory.
package struct LineSplitter {
  /// The beginning of a line whose end is not there yet.
  private var rest: [UInt8] = []
  private let longest: Int
  /// The number of lines that were longer, and are cut.
  package private(set) var cutLines = 0

  /// - Parameter longest: The greatest number of bytes of a line.
  package init(longest: Int = 1 << 16) {
    self.longest = longest
  }

  /// Calls `body` with each line that the chunk completes, without its line feed.
  package mutating func read(_ chunk: Span<UInt8>, _ body: (Span<UInt8>) throws -> Void) rethrows {
    var start = 0
    for index in chunk.indices where chunk[index] == .newline {
      let line = chunk.extracting(start..<index)
      start = index + 1
      if rest.isEmpty, line.count <= longest {
        try body(line)
      } else {
        keep(line)
        try finish(body)
      }
    }
    keep(chunk.extracting(start..<chunk.count))
  }

  /// Calls `body` with the last line if no line feed ends it.
  package mutating func finish(_ body: (Span<UInt8>) throws -> Void) rethrows {
    guard !rest.isEmpty else { return }
    let line = rest
    rest.removeAll(keepingCapacity: true)
    if line.count > longest { cutLines += 1 }
    try body(line.span.extracting(first: longest))
  }

  /// Keeps one byte more than the longest line has, as the mark of a cut.
  private mutating func keep(_ part: Span<UInt8>) {
    let room = max(0, longest + 1 - rest.count)
    for index in 0..<min(room, part.count) { rest.append(part[index]) }
  }
}
