import NetworkValues
import RuleModel

/// A line of a table's section: a command and its rules.
struct RuleLine {
  var command: CommandOption?
  /// The command's position.
  var position: Int
  /// The command's chain; nil for all chains.
  var chain: Token?
  /// The rule's number, counted from 1.
  var number: Int?
  /// A new name or a policy.
  var argument: Token?
  /// The rules; several if `-s` or `-d` lists addresses.
  var rules: [Rule] = []
  /// True if the line is for the other family (`-4`, `-6`); it has no rules then.
  var isForOtherFamily = false
}

/// The header matches, target and counters of a rule being read.
struct RuleHeader {
  /// The addresses of `-s` and `-d`; the line is one rule per pair.
  var sources: [Match] = []
  var destinations: [Match] = []
  var inInterface: Match?
  var outInterface: Match?
  var proto: Condition<IPProtocol>?
  var fragment: Match?
  var target: Target?
  var counters: Counters?
  /// The positions of `-i` and `-o`, for errors in chains that do not allow them.
  var inPosition = 0
  var outPosition = 0

  var isEmpty: Bool {
    sources.isEmpty && destinations.isEmpty && inInterface == nil && outInterface == nil && proto == nil
      && fragment == nil && target == nil && counters == nil
  }

  /// Number of pairs of a source and a destination.
  var addressPairs: Int { max(sources.count, 1) * max(destinations.count, 1) }

  /// True if the line expands to several rules.
  var listsAddresses: Bool { addressPairs > 1 }

  /// The header's matches, without the addresses if there are lists.
  var matches: [Match] {
    var matches: [Match] = listsAddresses ? [] : sources + destinations
    if let inInterface { matches.append(inInterface) }
    if let outInterface { matches.append(outInterface) }
    if let proto { matches.append(.proto(proto)) }
    if let fragment { matches.append(fragment) }
    return matches
  }
}

/// Rules from the words of a line.
extension RuleReader {
  /// Checks the line as a whole, and makes its rules.
  mutating func finish() throws(ParseError) {
    switch line.command {
    case .append, .insert, .replace: line.rules = try rules()
    case .delete:
      if line.number == nil { line.rules = try rules() } else { try refuseRule() }
    case .newChain, .deleteChain, .renameChain, .flush, .policy, .zero: try refuseRule()
    case nil: throw ParseError(line.position, "the line has no command, such as '-A CHAIN'")
    }
  }

  /// Throws if a command that takes no rule has one. A comment has no effect: Linkerd adds one to `-N`.
  private func refuseRule() throws(ParseError) {
    var isRule = !header.isEmpty
    for item in items where !isRule { isRule = try !isComment(item) }
    guard !isRule else {
      throw ParseError(line.position, "a command without a rule takes no matches and no target")
    }
  }

  private func isComment(_ item: RuleItem) throws(ParseError) -> Bool {
    if case .match(.comment) = try part(of: item) { true } else { false }
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

  /// Maximum number of rules that a line expands to: two short lists would make millions.
  private static var maximumRules: Int { 10_000 }

  /// One rule per pair of a source and a destination.
  private func expanded(_ matches: [Match], _ target: Target) throws(ParseError) -> [Rule] {
    guard header.addressPairs <= Self.maximumRules else {
      let limit = Self.maximumRules
      throw ParseError(
        line.position, "the line expands to \(header.addressPairs) rules; the limit is \(limit)")
    }
    let sources = header.sources.isEmpty ? [[]] : header.sources.map { [$0] }
    let destinations = header.destinations.isEmpty ? [[]] : header.destinations.map { [$0] }
    return sources.flatMap { source in
      destinations.map { Rule(source + $0 + matches, target, counters: header.counters) }
    }
  }

  /// Throws for `-o` at hooks before routing and `-i` at hooks of outgoing packets.
  private func checkInterfaces() throws(ParseError) {
    guard header.inInterface != nil || header.outInterface != nil, let chain = line.chain?.text,
      let hook = Hook(rawValue: chain)
    else { return }
    switch hook {
    case .prerouting, .input:
      if header.outInterface != nil {
        throw ParseError(header.outPosition, "'-o' cannot be used in \(chain)")
      }
    case .output, .postrouting:
      if header.inInterface != nil { throw ParseError(header.inPosition, "'-i' cannot be used in \(chain)") }
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

  /// An extension as text.
  private func opaquePart(of item: RuleItem) -> RulePart {
    var text: [UInt8] = []
    text.reserveCapacity(80)
    if item.kind == .match { text += "-m ".utf8 }
    text += item.name.utf8
    for range in item.words {
      for word in words[range] {
        text.append(.space)
        text += bytes[word.bytes]
      }
    }
    switch item.kind {
    case .match: return .match(.opaque(OpaqueMatch(String(decoding: text, as: UTF8.self))))
    case .target:
      // An unknown name without options is a chain that the table does not declare.
      if item.words.isEmpty, !foreignTargets.contains(item.name), KnownExtensions.targets[item.name] == nil,
        let chain = ChainName(item.name)
      {
        return .target(.jump(chain))
      }
      return .target(.opaque(OpaqueTarget(String(decoding: text, as: UTF8.self))))
    }
  }
}
