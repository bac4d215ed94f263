/// A match or target while its options are being read.
package protocol ExtensionDraft: Sendable {
  /// Reads an option, by its number in the extension's syntax.
  mutating func read(_ option: Int, _ given: Condition<String>, in context: ReadingContext)
    throws(ExtensionProblem)
  /// What the options come to, for a rule of this context.
  func finished(in context: ReadingContext) throws(ExtensionProblem) -> RulePart
}

/// What an extension is to a rule.
package enum RulePart {
  case match(Match)
  case target(Target)
}

/// The draft of one kind of extension.
private struct TypedDraft<Extension: DescribedExtension>: ExtensionDraft {
  package var options = Extension.Options()
  package let part: @Sendable (Extension) -> RulePart

  package mutating func read(
    _ option: Int, _ given: Condition<String>, in context: ReadingContext
  ) throws(ExtensionProblem) {
    try Extension.syntax[option].read(&options, given, context)
  }

  package func finished(in context: ReadingContext) throws(ExtensionProblem) -> RulePart {
    let value = try Extension(options, in: context)
    let needed = value.neededProtocols
    if !needed.isEmpty {
      guard case .is(let proto)? = context.proto, needed.contains(proto) else {
        let choices = needed.map { "'-p \($0)'" }.joined(separator: " or ")
        throw .wants("\(choices) in the rule")
      }
    }
    return part(value)
  }
}

/// What the reader must know of an extension before it reads its options. Not generic, since every word of
/// every rule comes by here.
package final class KnownExtension: Sendable {
  /// How an option is spelled, and how many words its argument takes.
  package struct Option {
    package let names: [String]
    package let wordCount: Int
  }

  package let options: [Option]
  /// The hooks at which the kernel takes the extension; nil for all.
  package let hooks: [Hook]?
  /// No option read yet.
  package let emptyDraft: any ExtensionDraft

  fileprivate init<Extension: DescribedExtension>(_ part: @escaping @Sendable (Extension) -> RulePart) {
    options = Extension.syntax.map { Option(names: $0.names, wordCount: $0.wordCount) }
    hooks = Extension.hooks
    emptyDraft = TypedDraft(part: part)
  }

  /// The option with exactly this name.
  package func option(named name: String) -> Int? {
    for index in options.indices {
      for known in options[index].names where known == name { return index }
    }
    return nil
  }

  /// One name for each option that has a name which begins so.
  package func options(beginning prefix: String) -> [String] {
    options.compactMap { option in option.names.first { $0.hasPrefix(prefix) } }
  }
}

/// The extensions that are modelled, by name.
package enum KnownExtensions {
  package static let matches = table(
    match(Match.tcp), match(Match.udp), match(Match.multiport), match(Match.owner), match(Match.mark),
    match(Match.connmark), match(Match.conntrack), match(Match.state), match(Match.addressType),
    match(Match.comment))

  package static let targets = table(
    target(Target.redirect), target(Target.mark), target(Target.connmark), target(Target.tproxy),
    target(Target.ct))

  private typealias Entry = (name: String, extension: KnownExtension)

  private static func table(_ entries: Entry...) -> [String: KnownExtension] {
    entries.reduce(into: [:]) { $0[$1.name] = $1.extension }
  }

  private static func match<Extension: DescribedExtension>(
    _ wrap: @escaping @Sendable (Extension) -> Match
  ) -> Entry {
    (Extension.name, KnownExtension { .match(wrap($0)) })
  }

  private static func target<Extension: DescribedExtension>(
    _ wrap: @escaping @Sendable (Extension) -> Target
  ) -> Entry {
    (Extension.name, KnownExtension { .target(wrap($0)) })
  }
}
