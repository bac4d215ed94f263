public import NetworkValues
public import NftablesModel
import RuleModel
public import TextOutput

/// A table of the kernel that may hold rules in nftables form.
public struct NativeTableReading: Hashable, Sendable {
  /// Name in the kernel, which need not be one that this program uses.
  public let name: String
  public let chains: [NativeChain]
  /// Properties of the table that this program never creates, one sentence each.
  public let problems: [String]

  public init(name: String, chains: [NativeChain], problems: [String] = []) {
    self.name = name
    self.chains = chains
    self.problems = problems
  }

  /// Marks that the table's TPROXY rules set.
  public var tproxyMarks: Set<Mark> {
    let rules = chains.flatMap(\.rules).filter { $0.statements.contains(where: \.isTProxy) }
    return Set(
      rules.flatMap(\.statements).compactMap { if case .setMark(let mark) = $0 { mark } else { nil } })
  }

  fileprivate subscript(chain: NativeChainName) -> NativeChain? { chains.first { $0.name == chain } }
}

/// Differences between live and wanted tables in nftables form. Everything in these tables belongs to this
/// program.
public struct NativeDiff: Hashable, Sendable {
  /// The chains with differences, in the order of tables and chains.
  public let chains: [NativeChainDiff]
  /// Other problems of the tables, one sentence each.
  public let problems: [String]

  public var isEmpty: Bool { chains.isEmpty && problems.isEmpty }

  public init(wanted: NativeRuleset, live: [NativeTableReading]) {
    let pairs = wanted.tables.map { table in (table, live.first { $0.name == table.name.kernelName }) }
    let unwanted = live.filter { table in !wanted.tables.contains { $0.name.kernelName == table.name } }
    chains =
      pairs.flatMap { Self.compare(wanted: $0, live: $1) }
      + unwanted.flatMap { table in
        table.chains.map { NativeChainDiff(table: table.name, wanted: nil, live: $0) }
      }
    problems =
      unwanted.map { "table \($0.name) is there, but not wanted" }
      + pairs.flatMap { table, live in (live?.problems ?? []).map { "table \(table.name.kernelName) \($0)" } }
  }

  private static func compare(wanted: NativeTable, live: NativeTableReading?) -> [NativeChainDiff] {
    let name = wanted.name.kernelName
    let extra = live?.chains.filter { wanted[$0.name] == nil } ?? []
    return
      (wanted.chains.map { NativeChainDiff(table: name, wanted: $0, live: live?[$0.name]) }
      + extra.map { NativeChainDiff(table: name, wanted: nil, live: $0) }).filter { !$0.isEmpty }
  }
}

/// Differences of one chain in nftables form.
public struct NativeChainDiff: Hashable, Sendable {
  public let table: String
  public let chain: NativeChainName
  public let presence: ChainDiff.Presence
  /// Hook, type and priority of the live chain, if they differ from the wanted ones.
  public let call: String?
  public let differences: [NativeDifference]

  /// True if nothing differs.
  var isEmpty: Bool { presence == .present && call == nil && differences.isEmpty }

  fileprivate init(table: String, wanted: NativeChain?, live: NativeChain?) {
    self.table = table
    chain = wanted?.name ?? live?.name ?? NativeChainName(.output)
    presence = live == nil ? .missing : wanted == nil ? .unexpected : .present
    call =
      presence == .present && wanted?.base != live?.base ? live?.base.words ?? "not attached to a hook" : nil
    differences = NativeDifference.all(wanted: wanted?.rules ?? [], live: live?.rules ?? [])
  }
}

/// A rule that is missing, unexpected or moved.
public struct NativeDifference: Hashable, Sendable {
  /// `missing`, `unexpected` or `moved`.
  public let kind: Difference.Kind
  public let rule: NativeRule
  /// Position in the chain, from 1; of a missing rule, the wanted position.
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
  fileprivate var isTProxy: Bool { if case .tproxy = self { true } else { false } }
}

extension NativeDiff {
  /// The differences as text: `-` is missing, `+` is there but not wanted, `~` is in another position; empty
  /// if nothing differs.
  public func text(_ style: TextStyle = .plain) -> String {
    let problems = problems.map { DiffLine(.header, $0).text(style) + "\n" }
    return (problems + chains.map { $0.text(style) }).joined(separator: "\n")
  }

  /// Number of differences by kind, such as `differences: 1 missing, 2 moved`; nil if nothing differs.
  public var summary: String? {
    guard !isEmpty else { return nil }
    let kinds = chains.flatMap(\.differences).map { ($0.kind, 1) }
    let counts = Dictionary(kinds, uniquingKeysWith: +)
    let words = Difference.Kind.allCases.compactMap { kind in counts[kind].map { "\($0) \(kind)" } }
    return words.isEmpty ? "only tables or chains differ" : "differences: " + words.joined(separator: ", ")
  }
}

extension NativeChainDiff {
  fileprivate func text(_ style: TextStyle) -> String {
    let lines = [DiffLine(.header, header)] + differences.flatMap(\.lines)
    return lines.map { $0.text(style) + "\n" }.joined()
  }

  private var header: String {
    let name = "\(table) \(chain)"
    switch presence {
    case .present: return call.map { "\(name): the chain is \($0)" } ?? name
    case .missing: return "\(name): the chain is missing"
    case .unexpected: return "\(name): the chain is there, but not wanted"
    }
  }
}

extension NativeDifference {
  fileprivate var lines: [DiffLine] {
    [DiffLine(mark, rule.nftText)] + (kind == .moved ? DiffLine.notes("is at position \(number)") : [])
  }

  private var mark: DiffLine.DiffMark {
    switch kind {
    case .missing: .missing
    case .unexpected, .changed: .unexpected
    case .moved: .moved
    case .shadowed: .shadowed
    }
  }
}

extension Optional<NativeBaseChain> {
  /// Hook, type and priority of a chain as a phrase.
  var words: String {
    guard let base = self else { return "not attached to a hook" }
    return
      "attached to hook \(base.hook.rawValue.lowercased()), type \(base.kind.rawValue), priority \(base.priority)"
  }
}
