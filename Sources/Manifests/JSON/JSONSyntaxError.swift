/// Where a text stops being JSON.
struct JSONSyntaxError: Error, Hashable, CustomStringConvertible {
  /// Counted from 1.
  let line: Int
  /// In bytes, counted from 1.
  let column: Int
  let problem: String

  init(_ problem: String, at position: Int, in bytes: [UInt8]) {
    let before = bytes[..<min(position, bytes.count)]
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    line = before.count { $0 == UInt8(ascii: "\n") } + 1
    column = before.count - lineStart + 1
    self.problem = problem
  }

  var description: String { "line \(line), column \(column): \(problem)" }
}
