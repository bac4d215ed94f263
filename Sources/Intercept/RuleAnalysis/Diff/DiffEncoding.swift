import NetworkValues
import NftablesModel
import RuleModel

extension RulesetDiff: Encodable {
  enum CodingKeys: String, CodingKey {
    case family, same, chains
  }

  /// Writes `{"family": "ipv4", "same": false, "chains": […]}`.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(family.rawValue, forKey: .family)
    try object.encode(isEmpty, forKey: .same)
    try object.encode(chains, forKey: .chains)
  }
}

extension ChainDiff: Encodable {
  enum CodingKeys: String, CodingKey {
    case table, chain, presence, differences
  }

  /// Writes `{"table": "nat", "chain": "OUTPUT", "presence": "present", "differences": […]}`.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(table.rawValue, forKey: .table)
    try object.encode(chain.text, forKey: .chain)
    try object.encode(presence, forKey: .presence)
    try object.encode(differences, forKey: .differences)
  }
}

extension Difference: Encodable {
  enum CodingKeys: String, CodingKey {
    case kind, wanted, live, reason, isDuplicate = "duplicate", parts, before, after, by, inside, shadows
  }

  /// Writes an object whose `kind` determines the other keys: `wanted` and `live` (rules), `reason`,
  /// `duplicate`, `parts`, `before` or `after` (the text of a rule), `by`, `inside` and `shadows`.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(kind, forKey: .kind)
    try object.encodeIfPresent(reason, forKey: .reason)
    switch self {
    case .missing(let rule): try object.encode(rule, forKey: .wanted)
    case .unexpected(let rule, let isDuplicate):
      try object.encode(rule, forKey: .live)
      try object.encode(isDuplicate, forKey: .isDuplicate)
    case .changed(let wanted, let live, let parts):
      try object.encode(wanted, forKey: .wanted)
      try object.encode(live, forKey: .live)
      try object.encode(parts, forKey: .parts)
    case .policy(let wanted, let live):
      let part = ChangedPart(live: "policy \(live.rawValue)", wanted: "policy \(wanted.rawValue)")
      try object.encode([part], forKey: .parts)
    case .moved(let wanted, let live, let destination):
      try object.encode(wanted, forKey: .wanted)
      try object.encode(live, forKey: .live)
      try destination.encode(in: &object)
    case .shadowed(let foreign, let inside, let rules):
      try object.encode(foreign, forKey: .by)
      try object.encodeIfPresent(inside, forKey: .inside)
      try object.encode(rules, forKey: .shadows)
    }
  }
}

extension Difference.Destination {
  fileprivate func encode(in object: inout KeyedEncodingContainer<Difference.CodingKeys>) throws {
    switch self {
    case .before(let rule): try object.encode(rule.iptablesText, forKey: .before)
    case .after(let rule): try object.encode(rule.iptablesText, forKey: .after)
    }
  }
}

extension PlacedRule: Encodable {
  enum CodingKeys: String, CodingKey {
    case rule, number
  }

  /// Writes `{"rule": "-p tcp -j ISTIO_OUTPUT", "number": 1}`.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(rule.iptablesText, forKey: .rule)
    try object.encode(number, forKey: .number)
  }
}

extension ForeignVerdict: Encodable {
  enum CodingKeys: String, CodingKey {
    case chain, rule, number
  }

  /// Writes `{"chain": "KUBE-SEP-X", "rule": "-p tcp -j DNAT …", "number": 2}`.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(chain.text, forKey: .chain)
    try object.encode(rule.rule.iptablesText, forKey: .rule)
    try object.encode(rule.number, forKey: .number)
  }
}

extension NativeDiff: Encodable {
  enum CodingKeys: String, CodingKey {
    case family, same, problems, chains
  }

  /// Writes `{"family": "inet", "same": false, "problems": […], "chains": […]}`.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode("inet", forKey: .family)
    try object.encode(isEmpty, forKey: .same)
    try object.encode(problems, forKey: .problems)
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
