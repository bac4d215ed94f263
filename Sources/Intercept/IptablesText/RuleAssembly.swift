import RuleModel

/// From words that were read to rules.
extension RuleReader {
  /// Checks what only the whole line can tell, and makes its rules.
  mutating func finish() throws(ParseError) {
    switch line.command {
    case .append, .insert, .replace: line.rules = try rules()
    case .delete:
      if line.number == nil { line.rules = try rules() } else { try refuseRule() }
    case .newChain, .deleteChain, .renameChain, .flush, .policy, .zero: try refuseRule()
    case nil: throw ParseError(line.position, "the line has no command, such as '-A CHAIN'")
    }
  }

  /// Makes sure that a command that takes no rule was given none.
  private func refuseRule() throws(ParseError) {
    guard header.isEmpty, items.isEmpty else {
      throw ParseError(
        line.position, "a command that is not about a rule's text takes no matches and no target")
    }
  }

  private func rules() throws(ParseError) -> [Rule] {
    try checkInterfaces()
    var matches = header.matches
    matches.reserveCapacity(matches.count + items.count)
    var target = header.target
    for index in items.indices {
      switch try part(of: items[index]) {
      case .match(let match): matches.append(match)
      case .target(let own): target = own
      }
    }
    guard header.listsAddresses else { return [Rule(matches, target ?? .none, counters: header.counters)] }
    return try expanded(matches, target ?? .none)
  }

  /// How many rules a line may stand for: two short lists make millions.
  private static var mostRules: Int { 10_000 }

  /// One rule for each pair of a source and a destination.
  private func expanded(_ matches: [Match], _ target: Target) throws(ParseError) -> [Rule] {
    guard header.addressPairs <= Self.mostRules else {
      let most = Self.mostRules
      throw ParseError(
        line.position, "the line stands for \(header.addressPairs) rules; \(most) are the most")
    }
    let sources = header.sources.isEmpty ? [[]] : header.sources.map { [$0] }
    let destinations = header.destinations.isEmpty ? [[]] : header.destinations.map { [$0] }
    return sources.flatMap { source in
      destinations.map { Rule(source + $0 + matches, target, counters: header.counters) }
    }
  }

  /// A packet has no way out yet where it comes in, and none in where it goes out.
  private func checkInterfaces() throws(ParseError) {
    guard header.inInterface != nil || header.outInterface != nil, let chain = line.chain?.text,
      let hook = Hook(rawValue: chain)
    else { return }
    switch hook {
    case .prerouting, .input:
      if header.outInterface != nil { throw ParseError(header.outPosition, "'-o' says nothing in \(chain)") }
    case .output, .postrouting:
      if header.inInterface != nil { throw ParseError(header.inPosition, "'-i' says nothing in \(chain)") }
    case .forward: break
    }
  }

  private func part(of item: RuleItem) throws(ParseError) -> RulePart {
    guard let draft = item.draft else { return opaquePart(of: item) }
    if let hooks = item.known?.hooks, let chain = line.chain?.text, let hook = Hook(rawValue: chain),
      !hooks.contains(hook)
    {
      let choices = hooks.map(\.rawValue).joined(separator: " and ")
      throw ParseError(item.position, "'\(item.label)' works in \(choices) only, not in \(chain)")
    }
    do throws(ExtensionProblem) {
      return try draft.finished(in: context)
    } catch .notModelled {
      return opaquePart(of: item)
    } catch {
      throw ParseError(item.position, error.sentence(about: item.label))
    }
  }

  /// An extension as the words that it was written with.
  private func opaquePart(of item: RuleItem) -> RulePart {
    var text: [UInt8] = []
    text.reserveCapacity(80)
    if item.kind == .match { text += "-m ".utf8 }
    text += item.name.utf8
    for range in item.words {
      for word in words[range] {
        text.append(UInt8(ascii: " "))
        text += bytes[word.bytes]
      }
    }
    switch item.kind {
    case .match: return .match(.opaque(OpaqueMatch(String(decoding: text, as: UTF8.self))))
    case .target:
      // What nobody knows and has no options is a chain that the table does not declare.
      if item.words.isEmpty, !foreignTargets.contains(item.name), KnownExtensions.targets[item.name] == nil,
        let chain = ChainName(item.name)
      {
        return .target(.jump(chain))
      }
      return .target(.opaque(OpaqueTarget(String(decoding: text, as: UTF8.self))))
    }
  }
}
