/// A match or target whose options are being read.
package protocol ExtensionDraft: Sendable {
  /// Reads an option, given by its index in the extension's syntax.
  mutating func read(_ option: Int, _ given: Condition<String>, in context: ReadingContext)
    throws(ExtensionProblem)
  /// The match or target that the options describe in a rule of this context.
  func finished(in context: ReadingContext) throws(ExtensionProblem) -> RulePart
}

/// A match or the target of a rule.
package enum RulePart {
  case match(Match)
  case target(Target)
}

/// The draft of one type of extension.
private struct TypedDraft<Extension: DescribedExtension>: ExtensionDraft {
  var arguments = Extension.Arguments()
  let part: @Sendable (Extension) -> RulePart

  mutating func read(
    _ option: Int, _ given: Condition<String>, in context: ReadingContext
  ) throws(ExtensionProblem) {
    try Extension.syntax[option].read(&arguments, given, context)
  }

  func finished(in context: ReadingContext) throws(ExtensionProblem) -> RulePart {
    let value = try Extension(arguments, in: context)
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

/// An extension as the reader of rules needs it. Not generic: it is used for every word of every rule.
package final class KnownExtension: Sendable {
  /// An option's spellings and the number of words of its argument.
  package struct Option {
    package let names: [String]
    package let wordCount: Int
  }

  package let options: [Option]
  /// The hooks where the kernel accepts the extension; nil for all.
  package let hooks: [Hook]?
  /// A draft before its first option.
  package let emptyDraft: any ExtensionDraft

  fileprivate init<Extension: DescribedExtension>(_ part: @escaping @Sendable (Extension) -> RulePart) {
    options = Extension.syntax.map { Option(names: $0.names, wordCount: $0.wordCount) }
    hooks = Extension.hooks
    emptyDraft = TypedDraft(part: part)
  }

  /// The index of the option with exactly this name.
  package func option(named name: String) -> Int? {
    for index in options.indices {
      for known in options[index].names where known == name { return index }
    }
    return nil
  }

  /// One name of each option that has a name with this prefix.
  package func options(beginning prefix: String) -> [String] {
    options.compactMap { option in option.names.first { $0.hasPrefix(prefix) } }
  }
}

/// The modelled extensions by name.
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
