import Intercept
package import NFTables
package import Netlink
import RuleEncoding

extension Plan {
  /// The plan as one transaction.
  ///
  /// - Parameter generation: the generation that the plan was made for.
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
      let label: BatchLabel = { operation.description }
      if next == nil { try append(raw, label: label) } else { try insert(raw, label: label) }
    case .deleteRule(let reference, let place):
      try delete(RawRule(reference, place), label: { operation.description })
    case .flushChain(let place): try flush(RawChain(place))
    case .deleteChain(let place): try delete(RawChain(place))
    case .wakeTable(let family, let name): try update(RawTable(family, name))
    case .deleteTable(let family, let name): try delete(RawTable(family, name))
    case .deleteNativeTable(let name): try delete(RawTable(family: .inet, name: name))
    case .makeNativeTable(let table): try add(RawTable(family: .inet, name: table.kernelName))
    case .makeNativeChain(let chain, let base, let table):
      let base = base.map { BaseChain($0) }
      try add(RawChain(family: .inet, table: table.kernelName, name: chain.text, base: base))
    case .addNativeRule(let rule, let chain, let table):
      try append(rule, chain, table) { operation.description }
    }
  }

  /// Appends a rule in nftables form, preceded by its sets.
  private mutating func append(
    _ rule: NativeRule, _ chain: NativeChainName, _ table: NativeTableName, label: @escaping BatchLabel
  ) throws(NetlinkError) {
    // Every set takes at least one message, so the identifiers are unique.
    let firstSet = SetID(rawValue: UInt32(count + 1))
    let encoded = try mapError(
      try rule.encoded(table: table.kernelName, chain: chain.text, firstSet: firstSet),
      NetlinkError.init(encoding:))
    for set in encoded.sets {
      try add(set.raw, label: label)
      try add(set.elements, to: set.raw, label: label)
    }
    try append(encoded.rule, label: label)
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
      throw NetlinkError(encoding: error)
    }
  }

  fileprivate init(_ reference: RuleReference, _ place: ChainLocation) {
    self.init(
      family: TableFamily(place.family), table: place.table.rawValue, chain: place.chain,
      handle: reference.handle)
  }
}

extension NetlinkError {
  fileprivate init(encoding error: RuleEncodingError) {
    self.init("add rule", error.rule, .inexpressible("\"\(error.part)\" \(error.reason)"))
  }
}
