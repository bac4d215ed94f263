import NetworkValues
import NftablesModel
import RuleModel

/// Finds the foreign rules of a built-in chain that take packets away from rules of ours behind them.
struct Shadowing {
  /// A rule of ours, and where it stands in the live chain.
  struct Own {
    let index: Int
    let rule: Rule
  }

  /// Rules of ours about the same packets, addresses aside.
  private struct Group {
    var members: [Own] = []
    var search: ForeignChains.Search
  }

  /// What a foreign rule does to packets of ours.
  private enum Hit {
    case itself
    case inside(ForeignVerdict)

    var verdict: ForeignVerdict? {
      switch self {
      case .itself: nil
      case .inside(let verdict): verdict
      }
    }
  }

  /// Of how many rules that differ only in addresses each is looked at by itself. More are taken for rules about
  /// any address, so that the work stays in proportion to the number of foreign rules.
  private static let manyRules = 32

  private let chains: ForeignChains
  private let given: [RuleCondition]

  init(in table: Table) {
    chains = ForeignChains(table)
    given = table.name == .nat ? [.state(.is([.new, .related]))] : []
  }

  /// The shadowed rules of one chain, by the foreign rule that shadows them.
  func differences(in chain: Chain, ours: [Own], foreign: [Int]) -> [Difference] {
    guard let last = ours.map(\.index).max() else { return [] }
    var groups = groups(of: ours)
    return foreign.prefix { $0 < last }.compactMap { index in
      let rule = chain.rules[index]
      guard rule.target.effect != .continues else { return nil }
      var inside: ForeignVerdict?
      var shadowed: [Own] = []
      for number in groups.indices {
        guard let hit = hit(rule, &groups[number].search) else { continue }
        inside = inside ?? hit.verdict
        shadowed += members(of: groups[number], behind: index, hitBy: rule)
      }
      guard !shadowed.isEmpty else { return nil }
      let rules = shadowed.sorted { $0.index < $1.index }.map { PlacedRule($0.rule, at: $0.index) }
      return .shadowed(by: PlacedRule(rule, at: index), inside: inside, rules: rules)
    }
  }

  private func members(of group: Group, behind index: Int, hitBy foreign: Rule) -> [Own] {
    group.members.filter { own in
      guard own.index > index else { return false }
      var search = search(own.rule.conditions, own.rule.target)
      return group.members.count > Self.manyRules || hit(foreign, &search) != nil
    }
  }

  private func hit(_ rule: Rule, _ search: inout ForeignChains.Search) -> Hit? {
    guard rule.mayMatch(search.packets) else { return nil }
    switch rule.target.effect {
    case .continues: return nil
    case .accepts, .drops, .returns, .diverts: return search.isSpared(rule.target.effect) ? nil : .itself
    case .goesTo(let chain):
      return chains.verdict(of: rule, calling: chain, &search).map(Hit.inside) ?? .itself
    case .calls(let chain): return chains.verdict(of: rule, calling: chain, &search).map(Hit.inside)
    }
  }

  private func groups(of ours: [Own]) -> [Group] {
    var groups: [NormalizedRule: Group] = [:]
    for own in ours {
      let conditions = own.rule.conditions.filter { $0.field != .source && $0.field != .destination }
      let key = NormalizedRule(conditions: conditions, target: own.rule.target)
      groups[key, default: Group(search: search(conditions, key.target))].members.append(own)
    }
    return groups.values.sorted { ($0.members.first?.index ?? 0) < ($1.members.first?.index ?? 0) }
  }

  /// A rule that lets packets through loses nothing to another that does.
  private func search(_ conditions: Set<RuleCondition>, _ target: Target) -> ForeignChains.Search {
    let spared: Set<Target.Effect> =
      switch target.effect {
      case .accepts, .returns: [.accepts, .returns]
      case .drops: [.drops]
      case .continues, .diverts, .calls, .goesTo: []
      }
    return ForeignChains.Search(for: conditions + given, sparing: spared)
  }
}
