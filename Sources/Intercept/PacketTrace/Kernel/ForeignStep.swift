/// Something that a table which is not iptables' did to a packet; only the kernel knows of it.
public struct ForeignStep: Hashable, Sendable {
  /// Family and name: `inet firewall`.
  public let table: String
  public let chain: String
  /// The rule's number with nf_tables; nil for the end of the chain.
  public let handle: UInt64?
  public let comment: String?
  public let effect: MatchedRule.Effect

  /// Whether the packet is gone.
  public var drops: Bool { effect == .drop }
}

extension ForeignStep {
  /// `rule 12 of input in inet firewall`.
  public var words: String {
    handle.map { "the rule with handle \($0) of \(chain) in \(table)" }
      ?? "the policy of \(chain) in \(table)"
  }

  /// What came of it.
  public var outcome: String {
    switch effect {
    case .accept: "yes: the table lets it go"
    case .drop: "yes: dropped"
    case .return: "yes: this chain has no more to say"
    case .continue: "yes: on to the next rule"
    case .jump(let chain): "yes: on to \(chain)"
    case .goto(let chain): "yes: on to \(chain), and not back here"
    case .other(let what): "yes: \(what)"
    }
  }
}
