import Intercept

extension Plan {
  /// The batch that carries the plan out, in one transaction.
  ///
  /// - Parameter generation: the state of the rule set that the plan was made for.
  package func batch(for generation: Generation) throws(NetlinkError) -> Batch {
    var batch = Batch(for: generation)
    for operation in operations { try batch.add(operation) }
    return batch
  }
}

extension Batch {
  fileprivate mutating func add(_ operation: PlanOperation) throws(NetlinkError) {
    switch operation {
    case .makeTable(let family, let name): try add(RawTable(family, name))
    case .makeChain(let place):
      let hook = ChainName(place.chain)?.hook
      try add(RawChain(place, base: hook.flatMap { BaseChain(place.table, $0) }))
    case .addRule(let rule, let place, let next):
      let raw = try RawRule(rule, place, before: next)
      let label = operation.description
      if next == nil { try append(raw, label: label) } else { try insert(raw, label: label) }
    case .deleteRule(let reference, let place):
      try delete(RawRule(reference, place), label: operation.description)
    case .flushChain(let place): try flush(RawChain(place))
    case .deleteChain(let place): try delete(RawChain(place))
    case .deleteTable(let family, let name): try delete(RawTable(family, name))
    case .deleteNativeTable(let name): try delete(RawTable(family: .inet, name: name))
    }
  }
}

extension RawTable {
  fileprivate init(_ family: IPFamily, _ name: TableName) {
    self.init(family: TableFamily(family), name: name.rawValue)
  }
}

extension RawChain {
  fileprivate init(_ place: ChainLocation, base: BaseChain? = nil) {
    self.init(
      family: TableFamily(place.family), table: place.table.rawValue, name: place.chain, base: base)
  }
}

extension RawRule {
  fileprivate init(_ rule: Rule, _ place: ChainLocation, before next: RuleReference?) throws(NetlinkError) {
    do {
      let (expressions, compatibility) = try rule.encoded(place.family)
      self.init(
        family: TableFamily(place.family), table: place.table.rawValue, chain: place.chain,
        position: next?.handle, compatibility: compatibility, expressions: expressions)
    } catch {
      throw NetlinkError("add rule", error.rule, .inexpressible("\"\(error.part)\" \(error.reason)"))
    }
  }

  fileprivate init(_ reference: RuleReference, _ place: ChainLocation) {
    self.init(
      family: TableFamily(place.family), table: place.table.rawValue, chain: place.chain,
      handle: reference.handle)
  }
}
