public import NetworkValues
public import NftablesModel
import RuleModel

/// A table of the native form as it is in the kernel, whoever made it.
public struct NativeTableReading: Hashable, Sendable {
  /// As the kernel has it; perhaps none of the names that this program gives.
  public let name: String
  public let chains: [NativeChain]
  /// What there is about it that this program's tables do not have, a sentence each.
  public let oddities: [String]

  public init(name: String, chains: [NativeChain], oddities: [String] = []) {
    self.name = name
    self.chains = chains
    self.oddities = oddities
  }

  /// The marks that TPROXY rules of the table give to packets.
  public var tproxyMarks: Set<Mark> {
    let rules = chains.flatMap(\.rules).filter { $0.statements.contains(where: \.handsToListener) }
    return Set(
      rules.flatMap(\.statements).compactMap { if case .setMark(let mark) = $0 { mark } else { nil } })
  }

  fileprivate subscript(chain: NativeChainName) -> NativeChain? { chains.first { $0.name == chain } }
}

/// In what tables of the native form differ from the wanted ones. All that is in such a table is ours.
public struct NativeDiff: Hashable, Sendable {
  /// The chains in which something differs, in the order of tables and chains.
  public let chains: [NativeChainDiff]
  /// What else is wrong with tables, a sentence each.
  public let oddities: [String]

  public var isEmpty: Bool { chains.isEmpty && oddities.isEmpty }

  public init(wanted: NativeRuleset, live: [NativeTableReading]) {
    let pairs = wanted.tables.map { table in (table, live.first { $0.name == table.name.kernelName }) }
    let unwanted = live.filter { table in !wanted.tables.contains { $0.name.kernelName == table.name } }
    chains =
      pairs.flatMap { Self.compare(wanted: $0, live: $1) }
      + unwanted.flatMap { table in
        table.chains.map { NativeChainDiff(table: table.name, wanted: nil, live: $0) }
      }
    oddities =
      unwanted.map { "table \($0.name) should not be there" }
      + pairs.flatMap { table, live in (live?.oddities ?? []).map { "table \(table.name.kernelName) \($0)" } }
  }

  private static func compare(wanted: NativeTable, live: NativeTableReading?) -> [NativeChainDiff] {
    let name = wanted.name.kernelName
    let extra = live?.chains.filter { wanted[$0.name] == nil } ?? []
    return
      (wanted.chains.map { NativeChainDiff(table: name, wanted: $0, live: live?[$0.name]) }
      + extra.map { NativeChainDiff(table: name, wanted: nil, live: $0) }).filter { !$0.isEmpty }
  }
}

/// In what a chain of the native form differs.
public struct NativeChainDiff: Hashable, Sendable {
  public let table: String
  public let chain: NativeChainName
  public let presence: ChainDiff.Presence
  /// Where and when the kernel calls the chain, if not as it should.
  public let call: String?
  public let differences: [NativeDifference]

  /// Whether nothing differs.
  var isEmpty: Bool { presence == .present && call == nil && differences.isEmpty }

  fileprivate init(table: String, wanted: NativeChain?, live: NativeChain?) {
    self.table = table
    chain = wanted?.name ?? live?.name ?? NativeChainName(.output)
    presence = live == nil ? .missing : wanted == nil ? .unexpected : .present
    call = presence == .present && wanted?.base != live?.base ? live?.base.words ?? "not called" : nil
    differences = NativeDifference.all(wanted: wanted?.rules ?? [], live: live?.rules ?? [])
  }
}

/// One rule that is not as it should be.
public struct NativeDifference: Hashable, Sendable {
  /// `missing`, `unexpected` or `moved`.
  public let kind: Difference.Kind
  public let rule: NativeRule
  /// Where it stands, or should, in its chain, counted from 1.
  public let number: Int

  fileprivate static func all(wanted: [NativeRule], live: [NativeRule]) -> [NativeDifference] {
    let alignment = Alignment(wanted: wanted, live: live)
    let missing = alignment.missing.map { NativeDifference(kind: .missing, rule: wanted[$0], number: $0 + 1) }
    let moved = alignment.moved.map {
      NativeDifference(kind: .moved, rule: wanted[$0.wanted], number: $0.live + 1)
    }
    let extra = alignment.unexpected.map {
      NativeDifference(kind: .unexpected, rule: live[$0], number: $0 + 1)
    }
    return missing + moved + extra
  }
}

extension NativeStatement {
  fileprivate var handsToListener: Bool { if case .tproxy = self { true } else { false } }
}
