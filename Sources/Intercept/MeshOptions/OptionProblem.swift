import TextOutput

/// One mistake in one option: the name as it was given, the value, and the fix.
public struct OptionProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The whole sentence, in one line of bounded length.
  public let description: String
  /// True for a mistake of the user; false if a host lookup failed.
  public let isMistake: Bool

  init(_ given: Options.Given, _ complaint: String) {
    description = "\(given.name): \(given.text.quotedForMessage): \(complaint)"
    isMistake = true
  }

  /// A mistake of several options together.
  public init(_ description: String) {
    self.description = description
    isMistake = true
  }

  /// A failed host lookup; `instead` names the option that makes it unnecessary.
  init(askingHost error: any Error, instead: String) {
    description = error is NoSuchNamespace ? "\(error)" : "\(error); \(instead)"
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
