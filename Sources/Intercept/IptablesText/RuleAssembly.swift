/// From words that were read to rules.
extension RuleReader {
  /// Checks what only the whole line can tell, and makes its rules.
  mutating func finish() throws(Complaint) {
    switch line.command {
    case .append, .insert, .replace: line.rules = try rules()
    case .delete:
      if line.number == nil { line.rules = try rules() } else { try refuseRule() }
    case .newChain, .deleteChain, .renameChain, .flush, .policy, .zero: try refuseRule()
    case nil: throw Complaint(line.position, "the line has no command, such as '-A CHAIN'")
    }
  }

  /// Makes sure that a command that takes no rule was given none.
  private func refuseRule() throws(Complaint) {
    guard header.isEmpty, items.isEmpty else {
      throw Complaint(
        line.position, "a command that is not about a rule's text takes no matches and no target")
    }
  }

  private func rules() throws(Complaint) -> [Rule] {
    try checkInterfaces()
    var matches: [Match] = []
    matches.reserveCapacity(items.count)
    var target = header.target
    for index in items.indices {
      switch try part(of: items[index]) {
      case .match(let match): matches.append(match)
      case .target(let own): target = own
      }
    }
    return expanded(matches, target ?? .none)
  }

  /// One rule for each pair of a source and a destination.
  private func expanded(_ matches: [Match], _ target: Target) -> [Rule] {
    let sources: [Match?] = header.sources ?? [nil]
    let destinations: [Match?] = header.destinations ?? [nil]
    return sources.flatMap { source in
      destinations.map { destination in
        Rule(all(source, destination, matches), target, counters: header.counters)
      }
    }
  }

  /// The matches of one rule.
  private func all(_ source: Match?, _ destination: Match?, _ others: [Match]) -> [Match] {
    var matches: [Match] = []
    matches.reserveCapacity(others.count + 4)
    if let source { matches.append(source) }
    if let destination { matches.append(destination) }
    if let match = header.inInterface { matches.append(match) }
    if let match = header.outInterface { matches.append(match) }
    if let proto = header.proto { matches.append(.proto(proto)) }
    if let match = header.fragment { matches.append(match) }
    matches.append(contentsOf: others)
    return matches
  }

  /// A packet has no way out yet where it comes in, and none in where it goes out.
  private func checkInterfaces() throws(Complaint) {
    guard let chain = line.chain?.text, let hook = Hook(rawValue: chain) else { return }
    switch hook {
    case .prerouting, .input:
      if header.outInterface != nil { throw Complaint(header.outPosition, "'-o' says nothing in \(chain)") }
    case .output, .postrouting:
      if header.inInterface != nil { throw Complaint(header.inPosition, "'-i' says nothing in \(chain)") }
    case .forward: break
    }
  }

  private func part(of item: RuleItem) throws(Complaint) -> RulePart {
    guard let draft = item.draft else { return opaquePart(of: item) }
    if let hooks = item.known?.hooks, let chain = line.chain?.text, let hook = Hook(rawValue: chain),
      !hooks.contains(hook)
    {
      let choices = hooks.map(\.rawValue).joined(separator: " and ")
      throw Complaint(item.position, "'\(item.label)' works in \(choices) only, not in \(chain)")
    }
    do throws(ExtensionProblem) {
      return try draft.finished(in: context)
    } catch .notModelled {
      return opaquePart(of: item)
    } catch {
      throw Complaint(item.position, error.sentence(about: item.label))
    }
  }

  /// An extension as the words that it was written with.
  private func opaquePart(of item: RuleItem) -> RulePart {
    var text = Array((item.kind == .match ? "-m \(item.name)" : item.name).utf8)
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
