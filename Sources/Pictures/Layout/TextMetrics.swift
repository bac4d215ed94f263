import TextOutput

/// Sizes of the picture's text, in pixels. The font is monospaced.
enum TextMetrics {
  /// Font size of rows.
  static let size = 12.0
  /// Width of a character; DejaVu Sans Mono, the widest of the usual fonts, has 0.602 of the size.
  static let character = 7.3
  static let line = 16.0
  /// Distance of text from the edge of its box.
  static let padding = 8.0

  /// Characters in a line of a box.
  static func columns(_ kind: Graph.Node.Kind) -> Int {
    switch kind {
    case .hook, .chain, .end: 44
    case .process, .outside: 34
    }
  }
}

extension String {
  /// Width in columns: East Asian characters and emoji take two.
  var columns: Int { unicodeScalars.reduce(0) { $0 + ($1.value >= 0x1100 && $1.isWide ? 2 : 1) } }

  var width: Double { Double(columns) * TextMetrics.character }

  /// The text in lines of at most a number of columns, broken at blanks, or anywhere in a longer word.
  func folded(_ limit: Int) -> [String] {
    split(separator: " ").lines(width: limit).flatMap { $0.chopped(limit) }
  }

  private func chopped(_ limit: Int) -> [String] {
    guard columns > limit else { return [self] }
    var lines = [""]
    for character in self {
      let next = String(character)
      if (lines[lines.count - 1] + next).columns > limit { lines.append("") }
      lines[lines.count - 1] += next
    }
    return lines
  }
}

extension Unicode.Scalar {
  /// True for the blocks that are wide in Unicode's East Asian Width (UAX #11).
  fileprivate var isWide: Bool {
    switch value {
    case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
      0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd:
      true
    default: false
    }
  }
}
