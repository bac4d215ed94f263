/// The value of an option or operand: its name in the help, and the words that a shell completes.
public struct OptionValue: Hashable, Sendable {
  /// The words that a shell proposes for a value.
  public enum Completion: Hashable, Sendable {
    /// No proposal.
    case none
    case files, folders
    /// The ids of running processes.
    case processes
    /// Istio's known releases.
    case releases
    case words([String])
  }

  /// The name between `<` and `>` in the help.
  public let name: String
  public let completion: Completion

  private init(_ name: String, _ completion: Completion) {
    (self.name, self.completion) = (name, completion)
  }

  public static let file = OptionValue("file", .files)
  public static let path = OptionValue("path", .files)
  public static let folder = OptionValue("dir", .folders)
  public static let pid = OptionValue("pid", .processes)
  public static let release = OptionValue("release", .releases)

  /// One of a few words, which are the name too.
  public static func oneOf(_ words: String...) -> OptionValue {
    OptionValue(words.joined(separator: "|"), .words(words))
  }

  /// A name, and the words to propose.
  public static func named(_ name: String, oneOf words: String...) -> OptionValue {
    OptionValue(name, .words(words))
  }

  /// A file that has another name in the help.
  public static func file(named name: String) -> OptionValue { OptionValue(name, .files) }
}

/// A value with a name alone.
extension OptionValue: ExpressibleByStringLiteral {
  public init(stringLiteral name: String) {
    self.init(name, .none)
  }
}
