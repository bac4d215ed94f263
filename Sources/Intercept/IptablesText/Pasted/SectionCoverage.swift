import NetworkValues
import RuleModel

/// The part of a table that a section of a text shows, and the evidence that it is not all.
struct SectionCoverage {
  /// The shown part; nil if the section seems to show the whole table.
  private(set) var part: RuleCoverage.Part?
  /// The reason for which a part is missing, in a sentence; nil without such a reason besides gaps between lines.
  private(set) var reason: String?

  /// - Parameters:
  ///   - section: the lines of the table.
  ///   - table: the table that was read from them.
  ///   - endsEarly: true if lines are missing at the end of the section.
  init(_ section: RuleSection, _ table: Table, endsEarly: Bool) {
    reason = Self.reason(section, table)
    guard reason != nil || endsEarly || !section.gaps.isEmpty else { return }
    let named = section.namedChains
    var part = RuleCoverage.Part(chains: Set(table.chains.map(\.name)).union(named))
    let gaps = section.gaps + (endsEarly ? [.max] : [])
    if !gaps.isEmpty { part.add(gaps, in: section, order: named) }
    self.part = part
  }

  private static func reason(_ section: RuleSection, _ table: Table) -> String? {
    if let hook = section.missingChain(of: table.name) {
      return "the listing of table \(table.name.rawValue) has no chain \(hook.rawValue)"
    }
    let names = Set(table.chains.map(\.name))
    for chain in table.chains {
      var last: ChainName?
      for case let target? in chain.rules.lazy.map(\.target.destination) where target != last {
        last = target
        guard names.contains(target) else {
          return "chain \(target) of table \(table.name.rawValue), to which \(chain.name) jumps, is missing"
        }
      }
    }
    guard let chain = table.chains.first, chain.name.hook == nil,
      !section.namedChains.contains(where: { $0.hook != nil })
    else { return nil }
    return "table \(table.name.rawValue) has no built-in chain, from which packets come to \(chain.name)"
  }
}

extension RuleCoverage.Part {
  /// Adds gaps at the lines of these numbers. Chains without rules may have had them in a gap, if they are printed after
  /// the last rule before the gap and before the first rule after it.
  fileprivate mutating func add(_ lines: [Int], in section: RuleSection, order: [ChainName]) {
    var counts: [ChainName: Int] = [:]
    var open = lines.sorted()[...]
    var last: ChainName?
    var unshown: [Range<Int>] = []
    func position(_ chain: ChainName?) -> Int? { chain.flatMap(order.firstIndex) }
    for (line, chain) in section.rules {
      if let gap = open.first, gap < line {
        open = open.drop { $0 < line }
        if let last { gaps[last, default: []].append(counts[last] ?? 0) }
        if chain != last {
          gaps[chain, default: []].append(counts[chain] ?? 0)
          let (start, end) = (position(last).map { $0 + 1 } ?? 0, position(chain) ?? order.count)
          if start < end { unshown.append(start..<end) }
        }
      }
      counts[chain, default: 0] += 1
      last = chain
    }
    if !open.isEmpty {
      if let last { gaps[last, default: []].append(counts[last] ?? 0) }
      unshown.append((position(last).map { $0 + 1 } ?? 0)..<order.count)
    }
    chains.subtract(unshown.flatMap { order[$0] }.filter { counts[$0] == nil })
  }
}

extension RuleSection {
  /// The chains that declarations and rules name, in their order.
  fileprivate var namedChains: [ChainName] {
    var known: Set<Substring> = []
    return lines.compactMap { line in
      guard let name = line.text[...].words.chain(in: form), known.insert(Substring(String(name))).inserted
      else {
        return nil
      }
      return ChainName(String(name))
    }
  }

  /// The number of the line and the chain of each rule.
  fileprivate var rules: [(line: Int, chain: ChainName)] {
    var listed: ChainName?
    return lines.compactMap { line in
      let words = line.text[...].words
      switch form {
      case .listing, .verboseListing:
        if let name = words.chain(in: form) { listed = ChainName(String(name)) }
        return LineKind(line.text[...]) == .other ? listed.map { (line.number, $0) } : nil
      case .save, .listRules, .commands, .nftText, .nftJSON:
        guard words.contains("-A") || words.contains("-I") else { return nil }
        return words.chain(in: form).flatMap { ChainName(String($0)) }.map { (line.number, $0) }
      }
    }
  }
}

extension [Substring] {
  /// The chain that a line of a section declares or adds a rule to.
  fileprivate func chain(in form: RulesForm) -> Substring? {
    switch form {
    case .listing, .verboseListing: return first == "Chain" ? dropFirst().first : nil
    case .save, .listRules, .commands, .nftText, .nftJSON:
      if let name = first?.dropping(":") { return name.isEmpty ? dropFirst().first : name }
      return firstIndex(where: RuleCommandName.contains).flatMap { dropFirst($0 + 1).first }
    }
  }
}
