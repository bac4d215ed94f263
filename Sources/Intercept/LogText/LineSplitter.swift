import NetworkValues

/// Splits a stream of bytes into lines, with bounded memory.
package struct LineSplitter {
  /// The beginning of a line whose end is not there yet.
  private var rest: [UInt8] = []
  /// True if the beginning of the present line was passed on as a cut line.
  private var isCut = false
  private let longest: Int
  /// The number of lines that were longer, and are cut.
  package private(set) var cutLines = 0

  /// - Parameter longest: The greatest number of bytes of a line.
  package init(longest: Int = 1 << 20) {
    self.longest = longest
  }

  /// Calls `body` with each line that the chunk completes, without its line feed, and with the beginning of a line
  /// that is too long, even if it never ends.
  package mutating func read(_ chunk: Span<UInt8>, _ body: (Span<UInt8>) throws -> Void) rethrows {
    var start = 0
    for index in chunk.indices where chunk[index] == .newline {
      let line = chunk.extracting(start..<index)
      start = index + 1
      if rest.isEmpty, !isCut, line.count <= longest {
        try body(line)
      } else {
        try keep(line, body)
        try finish(body)
      }
    }
    try keep(chunk.extracting(start..<chunk.count), body)
  }

  /// Calls `body` with the last line if no line feed ends it.
  package mutating func finish(_ body: (Span<UInt8>) throws -> Void) rethrows {
    isCut = false
    try passOn(body)
  }

  private mutating func keep(_ part: Span<UInt8>, _ body: (Span<UInt8>) throws -> Void) rethrows {
    guard !isCut else { return }
    let room = longest + 1 - rest.count
    for index in 0..<min(room, part.count) { rest.append(part[index]) }
    guard rest.count > longest else { return }
    isCut = true
    cutLines += 1
    try passOn(body)
  }

  private mutating func passOn(_ body: (Span<UInt8>) throws -> Void) rethrows {
    guard !rest.isEmpty else { return }
    let line = rest
    rest.removeAll(keepingCapacity: true)
    try body(line.span.extracting(first: longest))
  }
}
