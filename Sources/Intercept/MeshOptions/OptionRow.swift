/// One row of the table of options: parsing, help, completions, validation and documentation are made from it.
public struct OptionRow: Sendable {
  /// The kind of value, with its name in the help.
  public enum Kind: Hashable, Sendable {
    /// On where it is given; `=true` and `=false` may follow.
    case toggle
    /// One value; of a repeated option the last one counts.
    case value(OptionValue)
    /// A comma list, which may be empty.
    case list(OptionValue)
    /// One value each time the option is given.
    case repeated(OptionValue)
  }

  /// The environment variables of an option.
  enum Variables: Sendable {
    case none
    /// The upper-cased long name with `_` for `-`.
    case named
    /// Another one, and after it the one of the same name.
    case first(String)
  }

  /// The heading in the help.
  public enum Section: Hashable, Sendable, CaseIterable {
    /// Options of one subcommand.
    case own
    case connection, realPackets, pod, rules, kernel, logging
    /// Flags of Istio's program that change nothing here.
    case legacy
  }

  /// The option that the row describes.
  public let option: OptionName
  /// The long name without `--`, or the variable's name.
  public let name: String
  public let letter: Character?
  public let kind: Kind
  /// One sentence for the help.
  public let summary: String
  /// The default in the help; nil if there is none to mention.
  public let fallback: String?
  public let section: Section
  public let takenBy: Subcommands
  let variables: Variables
  let hasFlag: Bool
  let selectsRules: Bool

  init(
    _ option: OptionName, _ name: String, _ kind: Kind, _ summary: String, short letter: Character? = nil,
    default fallback: String? = nil, variables: Variables = .none, in section: Section = .own,
    of takenBy: Subcommands, hasFlag: Bool = true, selectsRules: Bool = false
  ) {
    (self.option, self.name, self.letter, self.kind, self.summary) = (option, name, letter, kind, summary)
    (self.fallback, self.variables, self.section, self.takenBy) = (fallback, variables, section, takenBy)
    (self.hasFlag, self.selectsRules) = (hasFlag, selectsRules)
  }
}

extension OptionRow {
  /// An option of Istio's that changes the rules.
  static func rule(
    _ option: OptionName, _ name: String, _ kind: Kind, _ summary: String, short letter: Character? = nil,
    default fallback: String? = nil, variables: Variables = .named
  ) -> OptionRow {
    OptionRow(
      option, name, kind, summary, short: letter, default: fallback, variables: variables, in: .rules,
      of: .building,
      selectsRules: true)
  }

  /// An option of `node`, by the name that Istio's installer has for it.
  static func node(
    _ option: OptionName, _ name: String, _ kind: Kind, _ summary: String, default fallback: String? = nil
  )
    -> OptionRow
  {
    OptionRow(option, name, kind, summary, default: fallback, of: .node)
  }

  /// A variable of Istio's that changes the rules and has no flag.
  static func variable(
    _ option: OptionName, _ name: String, _ kind: Kind, _ summary: String, default fallback: String? = nil
  )
    -> OptionRow
  {
    OptionRow(
      option, name, kind, summary, default: fallback, variables: .named, in: .rules, of: .building,
      hasFlag: false,
      selectsRules: true)
  }

  /// A flag of Istio's that `apply` accepts and ignores.
  static func legacy(
    _ option: OptionName, _ name: String, _ kind: Kind, _ summary: String, short letter: Character? = nil,
    variables: Variables = .named
  ) -> OptionRow {
    OptionRow(option, name, kind, summary, short: letter, variables: variables, in: .legacy, of: .apply)
  }

  /// An option of `trace` alone.
  static func trace(
    _ option: OptionName, _ name: String, _ kind: Kind, _ summary: String, default fallback: String? = nil,
    in section: Section = .own
  ) -> OptionRow {
    OptionRow(option, name, kind, summary, default: fallback, in: section, of: .trace)
  }
}

extension OptionRow {
  /// The value; nil for a toggle.
  public var value: OptionValue? {
    switch kind {
    case .toggle: nil
    case .value(let value), .list(let value), .repeated(let value): value
    }
  }

  /// The sentence for the help, with the default.
  public var help: String { fallback.map { "\(summary) (default: \($0))" } ?? summary }

  /// The environment variables, the one that wins first.
  var variableNames: [String] {
    switch variables {
    case .none: []
    case .named: [variableName]
    case .first(let other): [other, variableName]
    }
  }

  private var variableName: String {
    hasFlag ? String(decoding: name.utf8.map(Self.variableByte), as: UTF8.self) : name
  }

  private static func variableByte(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "-"): UInt8(ascii: "_")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - (UInt8(ascii: "a") - UInt8(ascii: "A"))
    default: byte
    }
  }
}
