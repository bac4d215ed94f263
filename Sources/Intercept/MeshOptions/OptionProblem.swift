import TextOutput

/// One mistake in one option: the name as the user gave it, the value, and what would be right.
public struct OptionProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The whole sentence, in one line.
  public let description: String
  /// Whether the user is wrong; otherwise the options are right, and the host does not say what they leave to it.
  public let isMistake: Bool

  init(_ given: Options.Given, _ complaint: String) {
    description = "\(given.name): \(given.text.quotedForMessage): \(complaint)"
    isMistake = true
  }

  /// A mistake that lies in options together.
  public init(_ description: String) {
    self.description = description
    isMistake = true
  }

  /// Something that only the host knows and that cannot be found out, and the option that would say it.
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

  /// Whether other options are called for.
  public var areMistaken: Bool { problems.contains(where: \.isMistake) }

  /// The mistakes, a line each.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
