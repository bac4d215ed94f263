/// One mistake in one option: the name as it was given, the value, and the fix.
public struct OptionProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The whole sentence, in one line of bounded length.
  public let description: String
  /// True for a mistake of the user; false if a host lookup failed.
  public let isMistake: Bool

  init(_ given: Options.Given, _ complaint: String) {
    description = "\(given.name): \(given.text.excerptForMessage): \(complaint)"
    isMistake = true
  }

  /// A mistake of several options together.
  public init(_ description: String) {
    self.description = description
    isMistake = true
  }

  /// A failed host lookup; `instead` names the option that makes it unnecessary.
  init(askingHost error: any Error, instead: String) {
    description = "\(error); \(instead)"
    isMistake = false
  }
}

/// Every mistake found in the options.
public struct InvalidOptions: Error, Sendable, CustomStringConvertible {
  public let problems: [OptionProblem]

  public init(problems: [OptionProblem]) {
    self.problems = problems
  }

  /// A single mistake.
  public init(_ description: String) {
    problems = [OptionProblem(description)]
  }

  /// True if a problem is the user's mistake.
  public var areMistaken: Bool { problems.contains(where: \.isMistake) }

  /// The mistakes, a line each.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}

extension String {
  /// The text in single quotes and in one line.
  package var quotedForMessage: String { "'\(onOneLine)'" }

  /// The text in single quotes and in one line, cut after 80 characters.
  var excerptForMessage: String {
    guard unicodeScalars.count > 80 else { return quotedForMessage }
    let head = String(String.UnicodeScalarView(unicodeScalars.prefix(80)))
    return "\(head.quotedForMessage)... (\(utf8.count) bytes)"
  }

  /// The text with its control characters and line breaks escaped, so that it cannot imitate other text.
  package var onOneLine: String {
    // Nearly every text is.
    if unicodeScalars.allSatisfy(\.isPlain) { return self }
    return unicodeScalars.reduce(into: "") { $0 += $1.isPlain ? String($1) : $1.escaped(asASCII: true) }
  }
}

extension Unicode.Scalar {
  /// True for a character that occupies a place of its own in a line of text.
  fileprivate var isPlain: Bool { value >= 0x20 && value < 0x7f || value >= 0xa0 && !isLineSeparator }

  private var isLineSeparator: Bool {
    properties.isPatternWhitespace || properties.generalCategory == .format
  }
}
