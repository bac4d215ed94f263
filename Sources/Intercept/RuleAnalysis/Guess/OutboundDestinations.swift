import NetworkValues
import NftablesModel
import RuleModel

/// What ISTIO_OUTPUT of one family says of destinations: those left alone, then those captured, then, in old releases,
/// that all others are left alone.
struct OutboundDestinations {
  let family: IPFamily
  let excluded: [CIDR]
  private(set) var included: [CIDR]
  /// Whether all that is captured is told. In the native form nothing stands behind a rule that leaves every
  /// destination alone.
  private(set) var tellsIncluded: Bool
  /// Whether the end is what old releases put behind blocks that are captured.
  let endsWithReturn: Bool
  private let loopback: CIDR?

  /// - Parameters:
  ///   - loopback: the block that means the app itself, the first to be left alone.
  ///   - isNative: whether the rules were raised from the native form's.
  init(_ rules: Ruleset, loopback: CIDR?, isNative: Bool) {
    let (family, rules) = (rules.family, rules.meanings(.nat, .istioOutput))
    let front = rules.prefix { $0.target != .jump(.istioRedirect) }
    let spared = front.drop { $0.onlyDestination == nil }.with(.return)
    var excluded = spared.compactMap { $0.onlyDestination(in: family) }
    if let index = excluded.firstIndex(where: { $0 == loopback }) { excluded.remove(at: index) }
    (self.family, self.excluded, self.loopback) = (family, excluded, loopback)
    included = rules.with(.jump(.istioRedirect)).compactMap { $0.onlyDestination(in: family) }
    endsWithReturn = rules.dropFirst(front.count).with(.return).contains(where: \.conditions.isEmpty)
    tellsIncluded = !isNative || !front.with(.return).contains(where: \.conditions.isEmpty)
  }

  /// Adds a block where only the end is left of the blocks that are captured: the native form has no rule for what is
  /// left alone as a whole, whichever it was.
  mutating func addHidden() {
    if endsWithReturn, included.isEmpty { included += excluded.prefix(1) }
  }

  /// Adds what is captured of virtual machines, which is all that is included, in the order of those rules, the last put
  /// first. In the native form what is left alone as a whole is not among `included`, and neither list has anything
  /// behind a block of everything.
  mutating func add(_ ofMachines: [CIDR]) {
    let front = included.prefix { !$0.isEverything }
    let rest = ofMachines.prefix { !$0.isEverything }
    let more =
      rest.count < ofMachines.count
      ? ofMachines[rest.count...] + rest : rest.flatMap { $0.subtracting(front) }[...]
    included = Array(front + more)
    tellsIncluded = true
  }

  /// A loopback address that is left alone, if any is.
  var sparedLoopback: IPAddress? {
    let blocks = [loopback].compactMap(\.self) + excluded
    return blocks.map(\.network).first(where: \.isLoopback)
      ?? (blocks.contains { $0.contains(.localhost(family)) } ? .localhost(family) : nil)
  }

  /// Whether every destination is captured without being named: where blocks are, old releases end with a RETURN.
  var areEverywhere: Bool { included.map(\.isEverything) == [true] && !endsWithReturn }
}
