import NetworkValues
import NftablesModel
import RuleModel

/// Destinations in ISTIO_OUTPUT of one family: excluded blocks, then included ones, then, up to 1.22, a
/// RETURN for all others.
struct OutboundDestinations {
  let family: IPFamily
  let excluded: [CIDR]
  private(set) var included: [CIDR]
  /// True if `included` is complete. In nftables form, no rule follows one that excludes every destination.
  private(set) var showsEveryIncluded: Bool
  /// True if the chain ends with the RETURN that releases up to 1.22 append to included blocks.
  let endsWithReturn: Bool
  private let loopback: CIDR?

  /// - Parameters:
  ///     - loopback: the block of the app itself, which is excluded first.
  ///     - isNative: true if the rules were lifted from the nftables form.
  init(_ rules: Ruleset, loopback: CIDR?, isNative: Bool) {
    let (family, rules) = (rules.family, rules.normalizedRules(.nat, .istioOutput))
    let front = rules.prefix { $0.target != .jump(.istioRedirect) }
    let returns = front.drop { $0.onlyDestination == nil }.with(.return)
    var excluded = returns.compactMap { $0.onlyDestination(in: family) }
    if let index = excluded.firstIndex(where: { $0 == loopback }) { excluded.remove(at: index) }
    (self.family, self.excluded, self.loopback) = (family, excluded, loopback)
    included = rules.with(.jump(.istioRedirect)).compactMap { $0.onlyDestination(in: family) }
    endsWithReturn = rules.dropFirst(front.count).with(.return).contains(where: \.conditions.isEmpty)
    showsEveryIncluded = !isNative || !front.with(.return).contains(where: \.conditions.isEmpty)
  }

  /// Adds an included block if only the final RETURN shows that there was one: the nftables form omits fully
  /// excluded blocks, so any of those will do.
  mutating func addHidden() {
    if endsWithReturn, included.isEmpty { included += (excluded + [loopback].compactMap(\.self)).prefix(1) }
  }

  /// Adds the destinations captured from virtual machines, which are all included blocks, the last inserted
  /// first. In nftables form `included` lacks fully excluded blocks, and both lists stop at `0.0.0.0/0`.
  mutating func add(_ fromMachines: [CIDR]) {
    let front = included.prefix { !$0.isEverything }
    let rest = fromMachines.prefix { !$0.isEverything }
    let more =
      rest.count < fromMachines.count
      ? fromMachines[rest.count...] + rest : rest.flatMap { $0.subtracting(front) }[...]
    included = Array(front + more)
    showsEveryIncluded = true
  }

  /// An excluded loopback address.
  var excludedLoopback: IPAddress? {
    let blocks = [loopback].compactMap(\.self) + excluded
    return blocks.map(\.network).first(where: \.isLoopback)
      ?? (blocks.contains { $0.contains(.localhost(family)) } ? .localhost(family) : nil)
  }

  /// True if every destination is captured without being listed; up to 1.22, a final RETURN shows that
  /// blocks were listed.
  var includesEverything: Bool { included.map(\.isEverything) == [true] && !endsWithReturn }
}
