import RuleModel

extension Ruleset {
  /// The rules without those that have no effect, and with commuting rules in the order of the wanted ones.
  ///
  /// Jumps to chains without rules have no effect. Neighbouring rules with equal targets commute.
  func reduced(like wanted: Ruleset) -> Ruleset {
    Ruleset(
      family,
      tables: tables.map { table in
        let idle = Set(
          table.chains.filter {
            $0.rules.isEmpty && $0.name.hook == nil && wanted[table.name, $0.name] == nil
          }
          .map(\.name))
        return Table(
          table.name,
          chains: table.chains.filter { !idle.contains($0.name) }.map { chain in
            let rules = chain.rules.filter { !($0.target.destination.map(idle.contains) ?? false) }
            let order = wanted[table.name, chain.name]?.rules ?? []
            return Chain(chain.name, policy: chain.policy, rules: rules.ordered(like: order))
          })
      })
  }
}

extension [Rule] {
  /// The rules with runs of equal targets in the order of other rules.
  fileprivate func ordered(like wanted: [Rule]) -> [Rule] {
    var ordered: [Rule] = []
    var rest = self[...]
    while let first = rest.first {
      let run = rest.prefix { $0.target == first.target }
      rest = rest[run.endIndex...]
      guard run.count > 1, first.target.commutes else {
        ordered += run
        continue
      }
      let places = run.map { rule in wanted.firstIndex(of: rule) }
      guard !places.contains(nil) else {
        ordered += run
        continue
      }
      ordered += zip(places.compactMap(\.self), run).sorted { $0.0 < $1.0 }.map(\.1)
    }
    return ordered
  }
}

extension Target {
  /// True for a target that ends the chain, so that neighbouring rules with it commute.
  fileprivate var commutes: Bool {
    switch self {
    case .accept, .drop, .return: true
    case .jump, .goto, .none, .redirect, .mark, .connmark, .tproxy, .ct, .opaque: false
    }
  }
}
