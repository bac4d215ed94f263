import NetworkValues
import NftablesModel
import RuleModel
public import TextOutput

extension NativeDiff {
  /// The differences for people, as those of the other form: `-` should be there and is not, `+` is there and should
  /// not be, `~` stands elsewhere; empty where nothing differs.
  public func text(_ style: TextStyle = .plain) -> String {
    let odd = oddities.map { DiffLine(.header, $0).text(style) + "\n" }
    return (odd + chains.map { $0.text(style) }).joined(separator: "\n")
  }

  /// How many differences of each kind there are: `1 rule missing, 2 changed`; nil where nothing differs.
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
    case .unexpected: return "\(name): the chain should not be there"
    }
  }
}

extension NativeDifference {
  fileprivate var lines: [DiffLine] {
    [DiffLine(mark, rule.nftText)] + (kind == .moved ? DiffLine.notes("stands at \(number)") : [])
  }

  private var mark: DiffLine.Mark {
    switch kind {
    case .missing: .missing
    case .unexpected, .changed: .unexpected
    case .moved: .moved
    case .shadowed: .shadowed
    }
  }
}

extension Optional<NativeBaseChain> {
  /// How the kernel calls a chain, in a sentence.
  var words: String {
    guard let base = self else { return "not called" }
    return "called at \(base.hook.rawValue.lowercased()) as \(base.kind.rawValue), priority \(base.priority)"
  }
}

extension NativeDiff: Encodable {
  enum CodingKeys: String, CodingKey {
    case family, same, oddities, chains
  }

  /// Writes `{"family": "inet", "same": false, "oddities": […], "chains": […]}`.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode("inet", forKey: .family)
    try object.encode(isEmpty, forKey: .same)
    try object.encode(oddities, forKey: .oddities)
    try object.encode(chains, forKey: .chains)
  }
}

extension NativeChainDiff: Encodable {
  enum CodingKeys: String, CodingKey {
    case table, chain, presence, call, differences
  }

  /// Writes `{"table": "istio-proxy-nat", "chain": "output", "presence": "present", "differences": […]}`.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(table, forKey: .table)
    try object.encode(chain.text, forKey: .chain)
    try object.encode(presence, forKey: .presence)
    try object.encodeIfPresent(call, forKey: .call)
    try object.encode(differences, forKey: .differences)
  }
}

extension NativeDifference: Encodable {
  enum CodingKeys: String, CodingKey {
    case kind, rule, number, reason
  }

  /// Writes `{"kind": "missing", "rule": "meta l4proto tcp …", "number": 1, "reason": "…"}`.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(kind, forKey: .kind)
    try object.encode(rule.nftText, forKey: .rule)
    try object.encode(number, forKey: .number)
    try object.encodeIfPresent(rule.comment?.description, forKey: .reason)
  }
}
