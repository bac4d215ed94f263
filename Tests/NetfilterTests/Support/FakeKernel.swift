import Intercept
import Netfilter

/// The tables of a kernel that exists only here: plans can be made for it and carried out in it.
struct FakeKernel {
  private struct Entry {
    var handle: Handle
    var rule: Rule
  }

  private var tables: [(family: IPFamily, name: TableName)] = []
  private var chains: [ChainLocation] = []
  private var entries: [ChainLocation: [Entry]] = [:]
  private var lastHandle: UInt64 = 0

  init(_ rulesets: [Ruleset] = []) {
    for ruleset in rulesets {
      for table in ruleset.tables {
        for chain in table.chains {
          let place = ChainLocation(family: ruleset.family, table: table.name, chain: chain.name.text)
          make(place)
          for rule in chain.rules { add(rule, to: place) }
        }
      }
    }
  }

  /// The rules as a reader sees them.
  var live: LiveRules {
    LiveRules(
      generation: Generation(rawValue: 1),
      tables: tables.compactMap { table in
        let own = chains.filter { $0.family == table.family && $0.table == table.name }
        let raw = RawTable(
          family: TableFamily(table.family), name: table.name.rawValue, uses: UInt32(own.count))
        return LiveTable(raw, chains: own.map(liveChain))
      })
  }

  /// The rules of both families, in the rule model.
  var rulesets: [Ruleset] { IPFamily.allCases.map { live[$0] }.filter { !$0.isEmpty } }

  var isEmpty: Bool { tables.isEmpty }

  func handles(of place: ChainLocation) -> [Handle] { entries[place, default: []].map(\.handle) }

  private func liveChain(_ place: ChainLocation) -> LiveChain {
    let family = TableFamily(place.family)
    let base = Hook(rawValue: place.chain).flatMap { BaseChain(place.table, $0) }
    let chain = RawChain(family: family, table: place.table.rawValue, name: place.chain, base: base)
    let rules = entries[place, default: []].map { entry in
      let raw = RawRule(family: family, table: chain.table, chain: chain.name, handle: entry.handle)
      return LiveRule(rule: entry.rule, handle: entry.handle, raw: raw)
    }
    return LiveChain(chain, rules: rules)
  }

  /// Puts a rule at a place counted from 0, or at the end.
  mutating func add(_ rule: Rule, to place: ChainLocation, at index: Int? = nil) {
    make(place)
    lastHandle += 1
    let entry = Entry(handle: Handle(rawValue: lastHandle), rule: rule)
    entries[place, default: []].insert(entry, at: index ?? entries[place, default: []].count)
  }

  mutating func remove(at index: Int, from place: ChainLocation) {
    entries[place, default: []].remove(at: index)
  }

  mutating func make(_ place: ChainLocation) {
    if !tables.contains(where: { $0 == (place.family, place.table) }) {
      tables.append((place.family, place.table))
    }
    if !chains.contains(place) { chains.append(place) }
  }
}

/// An operation that a real kernel would refuse.
struct FakeRefusal: Error {
  var operation: PlanOperation
}

extension FakeKernel {
  mutating func carryOut(_ plan: Plan) throws {
    for operation in plan.operations {
      guard carryOut(operation) else { throw FakeRefusal(operation: operation) }
    }
  }

  private mutating func carryOut(_ operation: PlanOperation) -> Bool {
    switch operation {
    case .makeTable(let family, let name):
      tables.append((family, name))
    case .makeChain(let place):
      guard hasTable(place.family, place.table), !chains.contains(place) else { return false }
      chains.append(place)
    case .addRule(let rule, let place, let next):
      guard chains.contains(place), isReachable(rule, from: place) else { return false }
      guard let next else {
        add(rule, to: place)
        return true
      }
      guard let index = entries[place]?.firstIndex(where: { $0.handle == next.handle }) else { return false }
      add(rule, to: place, at: index)
    case .deleteRule(let reference, let place):
      guard let index = entries[place]?.firstIndex(where: { $0.handle == reference.handle }) else {
        return false
      }
      entries[place]?.remove(at: index)
    case .flushChain(let place): entries[place] = nil
    case .deleteChain(let place):
      guard entries[place, default: []].isEmpty, !isJumpedTo(place) else { return false }
      chains.removeAll { $0 == place }
    case .deleteTable(let family, let name):
      guard hasTable(family, name) else { return false }
      tables.removeAll { $0 == (family, name) }
      for place in chains where place.family == family && place.table == name { entries[place] = nil }
      chains.removeAll { $0.family == family && $0.table == name }
    case .wakeTable, .deleteNativeTable, .makeNativeTable, .makeNativeChain, .addNativeRule: break
    }
    return true
  }

  private func hasTable(_ family: IPFamily, _ name: TableName) -> Bool {
    tables.contains { $0 == (family, name) }
  }

  private func isReachable(_ rule: Rule, from place: ChainLocation) -> Bool {
    guard case .jump(let chain) = rule.target else { return true }
    return chains.contains(ChainLocation(family: place.family, table: place.table, chain: chain.text))
  }

  private func isJumpedTo(_ place: ChainLocation) -> Bool {
    entries.contains { other, entries in
      other.family == place.family && other.table == place.table
        && entries.contains { $0.rule.target == ChainName(place.chain).map(Target.jump) }
    }
  }
}
