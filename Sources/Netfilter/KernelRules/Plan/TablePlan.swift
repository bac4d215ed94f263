import Intercept
import NFTables

/// The part of a plan for one table.
struct TablePlan {
  private(set) var making: [PlanOperation] = []
  private(set) var changing: [PlanOperation] = []
  private(set) var removing: [PlanOperation] = []
  /// Istio chains that are not wanted and cannot be deleted.
  private(set) var held: [HeldChain] = []

  private let family: IPFamily
  private let name: TableName

  /// - Parameters:
  ///   - live: the table in the kernel; nil if there is none.
  ///   - wanted: the Istio rules to install in it; nil for none.
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
    let isChanged = !(making.isEmpty && changing.isEmpty && removing.isEmpty)
    if let raw = live?.raw, raw.isOwned, isChanged { throw .blocked(raw.owned) }
  }

  private func place(_ chain: String) -> ChainLocation {
    ChainLocation(family: family, table: name, chain: chain)
  }

  private func edits(
    _ live: LiveTable?, _ wanted: Table?, _ owner: Ownership, rewrites: Bool
  ) -> [PlacedEdit] {
    let old = (live?.chains ?? []).filter { !isGoing($0, wanted) }.map { chain in
      let rules = chain.name.flatMap { wanted?[$0]?.rules } ?? []
      let owned = chain.handles(claimedBy: owner, of: name)
      return PlacedEdit(
        place: place(chain.raw.name),
        edit: ChainEdit(chain.rules, wanted: rules, rewrites: rewrites) { owned.contains($0.handle) })
    }
    let new = (wanted?.chains ?? []).filter { live?[$0.name.text] == nil }.map { chain in
      PlacedEdit(
        place: place(chain.name.text), edit: ChainEdit([], wanted: chain.rules) { _ in false },
        makesChain: chain.name.hook != nil)
    }
    return old + new
  }

  /// True if the chain is Istio's and not wanted.
  private func isGoing(_ chain: LiveChain, _ wanted: Table?) -> Bool {
    guard let name = chain.name, name.isIstio else { return false }
    return wanted?[name] == nil
  }

  /// Creates the chains that rules refer to. Built-in ones are created with their first rule, as by
  /// `iptables-restore`, so that the kernel assigns the same handles.
  private mutating func makeChains(_ live: LiveTable?, _ wanted: Table?) throws(PlanError) {
    guard let wanted else { return }
    if live == nil { making.append(.makeTable(family, name)) }
    if live?.raw.isDormant == true { making.append(.wakeTable(family, name)) }
    for chain in wanted.chains {
      if let there = live?[chain.name.text] {
        if let obstacle = there.obstacle(at: place(chain.name.text)) { throw .blocked(obstacle) }
      } else if chain.name.hook == nil {
        making.append(.makeChain(place(chain.name.text)))
      }
    }
  }

  /// Removes Istio chains that are not wanted, and chains and tables that are empty without them.
  private mutating func remove(_ live: LiveTable?, _ wanted: Table?, _ edits: [PlacedEdit]) {
    guard let live else { return }
    let unwanted = live.chains.filter { isGoing($0, wanted) }
    let going = unwanted.filter { live.holders[$0.raw.name] == nil }
    held = unwanted.compactMap { chain in
      live.holders[chain.raw.name].map { HeldChain(place: place(chain.raw.name), holders: $0) }
    }
    removing = unwanted.filter { !$0.rules.isEmpty }.map { .flushChain(place($0.raw.name)) }
    guard !going.isEmpty || edits.contains(where: \.edit.deletesAnything) else { return }
    let emptied = live.chains.filter { chain in
      chain.isEmptyByDefault(after: edits.first { $0.place.chain == chain.raw.name }?.edit)
        && chain.name.flatMap { wanted?[$0] } == nil
    }
    if wanted == nil, going.count + emptied.count == live.chains.count, !live.holdsMoreThanChains {
      changing = []
      removing = [.deleteTable(family, name)]
    } else {
      removing += (going + emptied).map { .deleteChain(place($0.raw.name)) }
    }
  }
}

extension Rule {
  /// True if the target is an Istio chain.
  fileprivate var leadsToIstio: Bool {
    switch target {
    case .jump(let chain), .goto(let chain): chain.isIstio
    case .accept, .drop, .return, .none, .redirect, .mark, .connmark, .tproxy, .ct, .opaque: false
    }
  }
}

/// An edit of a chain.
private struct PlacedEdit {
  var place: ChainLocation
  var edit: ChainEdit
  /// True if the chain is created with its rules.
  var makesChain = false

  /// The operations. A new rule is inserted before the next one that stays.
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
  /// The handles of Istio's rules; in a chain whose name iptables does not accept, of those that lead to Istio
  /// chains.
  fileprivate func handles(claimedBy owner: Ownership, of table: TableName) -> Set<Handle> {
    guard let name else { return Set(rules.filter(\.rule.leadsToIstio).map(\.handle)) }
    let chain = Chain(name, rules: rules.map(\.rule))
    return Set(owner.claimed(in: chain, of: table).map { rules[$0].handle })
  }

  /// True if an edit leaves an empty built-in chain with policy ACCEPT.
  fileprivate func isEmptyByDefault(after edit: ChainEdit?) -> Bool {
    isBase && name?.hook != nil && policy == .accept && edit?.leavesNothing == true
  }
}
