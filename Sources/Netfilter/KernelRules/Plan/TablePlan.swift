import Intercept

/// The part of a plan that is about one table.
struct TablePlan {
  private(set) var making: [PlanOperation] = []
  private(set) var changing: [PlanOperation] = []
  private(set) var removing: [PlanOperation] = []

  private let family: IPFamily
  private let name: TableName

  /// - Parameters:
  ///   - live: the table in the kernel; nil if there is none.
  ///   - wanted: what should be in it of ours; nil if nothing should.
  init(
    _ family: IPFamily, _ name: TableName, live: LiveTable?, wanted: Table?,
    _ owner: Ownership, rewrites: Bool
  ) throws(PlanError) {
    self.family = family
    self.name = name
    let edits = edits(live, wanted, owner, rewrites: rewrites)
    try makeChains(live, wanted)
    for edit in edits { changing += edit.operations }
    remove(live, wanted, edits)
  }

  private func place(_ chain: String) -> ChainLocation {
    ChainLocation(family: family, table: name, chain: chain)
  }

  private func edits(
    _ live: LiveTable?, _ wanted: Table?, _ owner: Ownership, rewrites: Bool
  ) -> [PlacedEdit] {
    let old = (live?.chains ?? []).filter { !isGoing($0, wanted) }.map { chain in
      let rules = chain.name.flatMap { wanted?[$0]?.rules } ?? []
      let ours = chain.handles(claimedBy: owner, of: name)
      return PlacedEdit(
        place: place(chain.raw.name),
        edit: ChainEdit(chain.rules, wanted: rules, rewrites: rewrites) { ours.contains($0.handle) })
    }
    let new = (wanted?.chains ?? []).filter { live?[$0.name.text] == nil }.map { chain in
      PlacedEdit(
        place: place(chain.name.text), edit: ChainEdit([], wanted: chain.rules) { _ in false },
        makesChain: chain.name.hook != nil)
    }
    return old + new
  }

  /// Whether a chain of ours is not wanted any more.
  private func isGoing(_ chain: LiveChain, _ wanted: Table?) -> Bool {
    guard let name = chain.name, name.isIstio else { return false }
    return wanted?[name] == nil
  }

  /// Makes chains that rules may name. Built-in ones come with their first rule, as with `iptables-restore`, so
  /// that the kernel numbers everything alike.
  private mutating func makeChains(_ live: LiveTable?, _ wanted: Table?) throws(PlanError) {
    guard let wanted else { return }
    if live == nil { making.append(.makeTable(family, name)) }
    for chain in wanted.chains {
      if let there = live?[chain.name.text] {
        if chain.name.hook != nil, !there.isBase { throw .notCalled(place(chain.name.text)) }
      } else if chain.name.hook == nil {
        making.append(.makeChain(place(chain.name.text)))
      }
    }
  }

  /// Takes away chains of ours that are not wanted any more, and what holds nothing without them.
  private mutating func remove(_ live: LiveTable?, _ wanted: Table?, _ edits: [PlacedEdit]) {
    guard let live else { return }
    let going = live.chains.filter { isGoing($0, wanted) }
    guard !going.isEmpty || edits.contains(where: \.edit.deletesAnything) else { return }
    let emptied = live.chains.filter { chain in
      chain.isEmptyByDefault(after: edits.first { $0.place.chain == chain.raw.name }?.edit)
        && chain.name.flatMap { wanted?[$0] } == nil
    }
    if wanted == nil, going.count + emptied.count == live.chains.count, !live.holdsMoreThanChains {
      changing = []
      removing = [.deleteTable(family, name)]
    } else {
      removing = going.filter { !$0.rules.isEmpty }.map { .flushChain(place($0.raw.name)) }
      removing += (going + emptied).map { .deleteChain(place($0.raw.name)) }
    }
  }
}

extension Rule {
  /// Whether packets go on to a chain of Istio's.
  fileprivate var leadsToIstio: Bool {
    switch target {
    case .jump(let chain), .goto(let chain): chain.isIstio
    case .accept, .drop, .return, .none, .redirect, .mark, .connmark, .tproxy, .ct, .opaque: false
    }
  }
}

/// An edit and the chain that it is of.
private struct PlacedEdit {
  var place: ChainLocation
  var edit: ChainEdit
  /// Whether the chain is not there yet and comes with its rules.
  var makesChain = false

  /// A new rule goes in front of the next one that stays.
  var operations: [PlanOperation] {
    var next: RuleReference?
    var operations: [PlanOperation] = []
    for step in edit.steps.reversed() {
      switch step {
      case .keep(let rule): next = RuleReference(rule)
      case .delete(let rule): operations.append(.deleteRule(RuleReference(rule), place))
      case .add(let rule): operations.append(.addRule(rule, place, before: next))
      }
    }
    return (makesChain ? [.makeChain(place)] : []) + operations.reversed()
  }
}

extension ChainEdit {
  fileprivate var deletesAnything: Bool {
    steps.contains { if case .delete = $0 { true } else { false } }
  }

  fileprivate var leavesNothing: Bool {
    steps.allSatisfy { if case .delete = $0 { true } else { false } }
  }
}

extension LiveChain {
  /// The rules of ours; in a chain whose name is no name for iptables, those that lead to Istio's.
  fileprivate func handles(claimedBy owner: Ownership, of table: TableName) -> Set<Handle> {
    guard let name else { return Set(rules.filter(\.rule.leadsToIstio).map(\.handle)) }
    let chain = Chain(name, rules: rules.map(\.rule))
    return Set(owner.claimed(in: chain, of: table).map { rules[$0].handle })
  }

  /// Whether nothing is left of the chain but a built-in one as the kernel is without it.
  fileprivate func isEmptyByDefault(after edit: ChainEdit?) -> Bool {
    isBase && name?.hook != nil && policy == .accept && edit?.leavesNothing == true
  }
}
