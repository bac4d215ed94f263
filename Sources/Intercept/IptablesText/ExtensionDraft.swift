/// A match or target while its options are being read.
protocol ExtensionDraft: Sendable {
  /// The option with exactly this name.
  func option(named name: String) -> Int?
  /// One name for each option that has a name which begins so.
  func options(beginning prefix: String) -> [String]
  /// How many words the option's argument takes.
  func wordCount(of option: Int) -> Int
  /// Reads an option.
  mutating func read(_ option: Int, _ given: Condition<String>, in context: ReadingContext)
    throws(ExtensionProblem)
  /// What the options come to, for a rule of this context.
  func finished(in context: ReadingContext) throws(ExtensionProblem) -> RulePart
  /// The hooks at which the kernel takes the extension; nil for all.
  var hooks: [Hook]? { get }
}

/// What an extension is to a rule.
enum RulePart {
  case match(Match)
  case target(Target)
}

/// The draft of one kind of extension.
private struct TypedDraft<Extension: DescribedExtension>: ExtensionDraft {
  var options = Extension.Options()
  let part: @Sendable (Extension) -> RulePart

  var hooks: [Hook]? { Extension.hooks }

  func option(named name: String) -> Int? {
    Extension.syntax.firstIndex { $0.names.contains(name) }
  }

  func options(beginning prefix: String) -> [String] {
    Extension.syntax.compactMap { option in option.names.first { $0.hasPrefix(prefix) } }
  }

  func wordCount(of option: Int) -> Int { Extension.syntax[option].wordCount }

  mutating func read(
    _ option: Int, _ given: Condition<String>, in context: ReadingContext
  ) throws(ExtensionProblem) {
    try Extension.syntax[option].read(&options, given, context)
  }

  func finished(in context: ReadingContext) throws(ExtensionProblem) -> RulePart {
    let value = try Extension(options, in: context)
    let needed = value.neededProtocols
    if !needed.isEmpty {
      guard case .is(let proto)? = context.proto, needed.contains(proto) else {
        let choices = needed.map { "'-p \($0)'" }.joined(separator: " or ")
        throw .because("'\(Extension.name)' wants \(choices) in the rule")
      }
    }
    return part(value)
  }
}

/// Empty drafts of the extensions that are modelled, by name.
enum KnownExtensions {
  static let matches: [String: any ExtensionDraft] = [
    match(Match.tcp), match(Match.udp), match(Match.multiport), match(Match.owner), match(Match.mark),
    match(Match.connmark), match(Match.conntrack), match(Match.state), match(Match.addressType),
    match(Match.comment),
  ].reduce(into: [:]) { $0[$1.name] = $1.draft }

  static let targets: [String: any ExtensionDraft] = [
    target(Target.redirect), target(Target.mark), target(Target.connmark), target(Target.tproxy),
    target(Target.ct),
  ].reduce(into: [:]) { $0[$1.name] = $1.draft }

  private typealias Entry = (name: String, draft: any ExtensionDraft)

  private static func match<Extension: DescribedExtension>(
    _ wrap: @escaping @Sendable (Extension) -> Match
  ) -> Entry {
    (Extension.name, TypedDraft { .match(wrap($0)) })
  }

  private static func target<Extension: DescribedExtension>(
    _ wrap: @escaping @Sendable (Extension) -> Target
  ) -> Entry {
    (Extension.name, TypedDraft { .target(wrap($0)) })
  }
}
