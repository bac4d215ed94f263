/// The live rules of one or both families that options are read off.
struct LiveRules {
  /// The families in which there is something of Istio's.
  let families: [Ruleset]

  init(_ live: [Ruleset]) {
    families = live.filter { Ownership(of: $0).hasEvidence }
  }

  /// The rules of a chain in the first family that has it: most options put the same rules into both.
  func rules(_ table: TableName, _ chain: ChainName) -> [Rule] {
    families.lazy.compactMap { $0[table, chain] }.first?.rules ?? []
  }

  /// What those rules mean.
  func meanings(_ table: TableName, _ chain: ChainName) -> [Meaning] { rules(table, chain).map(Meaning.init) }

  /// The same of every family, one after the other, for what is a family's own.
  func meaningsOfAll(_ table: TableName, _ chain: ChainName) -> [Meaning] {
    families.flatMap { $0[table, chain]?.rules.map(Meaning.init) ?? [] }
  }
}

extension Meaning {
  /// The fact, if the rule has no other.
  var onlyFact: Fact? { facts.count == 1 ? facts.first : nil }

  /// The destination, if the rule asks for nothing but that.
  var onlyDestination: CIDR? {
    if case .destination(.is(let block)) = onlyFact { block } else { nil }
  }

  /// The interface packets come in by, if the rule asks for nothing but that.
  var onlyInInterface: InterfacePattern? {
    if case .inInterface(.is(let name)) = onlyFact { name } else { nil }
  }

  /// The interface packets leave by, if the rule asks for nothing but that.
  var onlyOutInterface: InterfacePattern? {
    if case .outInterface(.is(let name)) = onlyFact { name } else { nil }
  }

  /// The destination ports, if the rule is about TCP to them and asks for nothing else.
  var onlyTCPPorts: PortRange? {
    guard fields == [.proto, .destinationPort], facts.contains(.proto(.is(.tcp))) else { return nil }
    return facts.lazy.compactMap { fact in
      if case .destinationPort(.is(let ports)) = fact, ports.ranges.count == 1 {
        ports.ranges.first
      } else {
        nil
      }
    }.first
  }

  /// The port of a REDIRECT.
  var redirectPort: Port? {
    if case .redirect(let target) = target { target.ports?.single } else { nil }
  }
}

extension Sequence<Meaning> {
  /// The rules with a target.
  func with(_ target: Target) -> [Meaning] { filter { $0.target == target } }
}
