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

  /// The name in the help; nil if it consists of the words.
  private let givenName: String?
  public let completion: Completion

  private init(_ name: String?, _ completion: Completion) {
    (givenName, self.completion) = (name, completion)
  }

  /// The name between `<` and `>` in the help. Only the help joins the words: every start makes the table.
  public var name: String { givenName ?? completion.words.joined(separator: "|") }

  public static let file = OptionValue("file", .files)
  public static let path = OptionValue("path", .files)
  public static let folder = OptionValue("dir", .folders)
  public static let pid = OptionValue("pid", .processes)
  public static let release = OptionValue("release", .releases)

  /// One of a few words, which are the name too.
  public static func oneOf(_ words: String...) -> OptionValue {
    OptionValue(nil, .words(words))
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

extension OptionValue.Completion {
  /// The few words that the value can be; none if it can be others.
  fileprivate var words: [String] {
    switch self {
    case .words(let words): words
    case .none, .files, .folders, .processes, .releases: []
    }
  }
}
