import Intercept

/// Chains of nf_tables beside Istio's rules that drop, reject or divert packets.
enum ForeignTables: DoctorCheck {
  static let name = "foreign-table"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    // The rules certainly do not decide about the others.
    let waiting = pod.connections.filter { $0.isWaiting && ($0.today?.verdict ?? .unknown) == .unknown }
    let decided = decisions(pod)
    return decided.findings
      + pod.facts.foreignChains.flatMap { chain in
        effects(of: chain, besides: decided).map { effect in
          finding(effect, chain, waiting.filter { chain.meets($0) }, pod)
        }
      }
  }

  /// Findings about rules and policies that decide about connections of the pod.
  private struct Decided {
    let findings: [DoctorFinding]
    /// The tables with such a policy.
    let tables: Set<String>
    /// The keys of such rules.
    let rules: Set<String>

    static func key(_ table: String, _ chain: String, _ rule: String) -> String {
      "\(table)\0\(chain)\0\(rule)"
    }

    func contains(_ rule: ForeignRule, of table: String) -> Bool {
      rules.contains(Self.key(table, rule.chain, rule.text))
    }
  }

  /// The rules that decide about typical connections, and about those that wait for an answer; and their tables.
  private static func decisions(_ pod: Examination) -> Decided {
    var hits: [Decision: [String]] = [:]
    // A rule that may match or not may take connections.
    var certain: Set<Decision> = []
    for typical in pod.traces + pod.answers {
      guard let decision = typical.trace.foreignDecision, typical.trace.isTaken else { continue }
      hits[decision, default: []].append("\(typical.label): \(typical.trace.outcome)")
      if typical.trace.verdict != .unknown { certain.insert(decision) }
    }
    for connection in pod.connections where connection.isWaiting {
      let traces = [connection.today, connection.answer.flatMap(pod.rules.trace)].compactMap(\.self)
      for trace in traces where trace.isLost {
        guard let decision = trace.decision, case .nftables = decision.rule else { continue }
        hits[decision, default: []].append("\(connection.ownerWords) waits for \(connection.destination)")
        certain.insert(decision)
      }
    }
    let policies = Dictionary(grouping: (pod.traces + pod.answers).filter { $0.trace.droppingPolicy != nil })
    {
      $0.trace.droppingPolicy?.table.name ?? ""
    }.filter { title, _ in pod.facts.foreignChains.contains { $0.table == title } }
    let sorted = hits.sorted { $0.key.text < $1.key.text }
    let findings = sorted.map { decision, connections in
      error(
        "\(decision.place) \(certain.contains(decision) ? "takes" : "may take") connections of the pod: "
          + decision.rule.text, why: excerpt(connections),
        remedy:
          "if it is not meant for the pod's traffic, delete it: \(RuleDeletion(decision.place, decision.rule, .ipv4, pod.facts.origin).command)"
      )
    }
    let dropped = policies.sorted { $0.key < $1.key }.map { title, traces in
      error(
        "the policy of a base chain of table \(title) drops connections of the pod",
        why: excerpt(traces.map { "\($0.label): \($0.trace.summary)" }),
        remedy:
          "accept the pod's connections with a rule, or see nft list table \(title) and set its policy to accept"
      )
    }
    let untracking = (pod.traces + pod.answers).filter(\.trace.isUntracked).compactMap(\.trace.decision)
    return Decided(
      findings: findings + dropped, tables: Set(policies.keys),
      rules: Set(
        (sorted.map(\.key) + untracking).map {
          Decided.key($0.place.table.name, $0.place.chain, $0.rule.text)
        }))
  }

  /// The effects of a chain on the pod's packets, with the rules that have them; none for a policy.
  private static func effects(
    of chain: ForeignBaseChain, besides decided: Decided
  ) -> [(verb: String, rules: [ForeignRule])] {
    let rules = chain.rules.filter { !decided.contains($0, of: chain.table) }
    let groups: [(String, [ForeignRule])] = [
      ("drops or rejects", rules.filter { $0.effect == .drop || $0.effect == .reject }),
      ("diverts", rules.filter { $0.effect == .divert }),
      ("exempts from tracking", rules.filter { $0.effect == .untrack }),
    ]
    let dropsByPolicy = chain.dropsByPolicy && !decided.tables.contains(chain.table)
    return (dropsByPolicy ? [("drops by its policy", [])] : []) + groups.filter { !$0.1.isEmpty }
  }

  private static func finding(
    _ effect: (verb: String, rules: [ForeignRule]), _ chain: ForeignBaseChain, _ waiting: [PodConnection],
    _ pod: Examination
  ) -> DoctorFinding {
    let what =
      "chain \(chain.name) of table \(chain.table), at \(chain.hook.rawValue.lowercased()) priority "
      + "\(chain.priority), \(effect.verb) packets, though none of the pod's typical connections"
    let remedy =
      if effect.rules.count == 1, let rule = effect.rules.first, let handle = rule.handle {
        "if it is not meant for the pod's traffic, delete it: nft delete rule \(chain.table) \(rule.chain) handle "
          + "\(handle)"
      } else {
        "see the rules: nft -a list table \(chain.table); remove one: nft delete rule \(chain.table) CHAIN handle N"
      }
    let hit = waiting.map { "\($0.ownerWords) waits for \($0.destination)" }
    let counted = chain.rules.contains { ($0.packets ?? 0) > 0 && $0.effect != .divert }
    let isProbeDropped = effect.rules.contains { rule in
      rule.handle.map { pod.facts.readinessDrops.contains(.nftables(table: chain.table, handle: $0)) }
        ?? false
    }
    let why =
      (isProbeDropped ? [DroppingRules.readinessWords] : []) + excerpt(effect.rules.map(\.words))
      + excerpt(hit)
    return finding(
      hit.isEmpty && !counted && !isProbeDropped ? .warning : .error, what, why: why, remedy: remedy)
  }
}

extension ForeignBaseChain {
  /// True if the first packets of the connection, or the answers to them, traverse the chain's hook.
  fileprivate func meets(_ connection: PodConnection) -> Bool {
    let isIPv4 = connection.destination.address.family == .ipv4
    guard !table.hasPrefix(isIPv4 ? "ip6 " : "ip ") else { return false }
    switch hook {
    case .prerouting, .input, .output, .postrouting: return true
    case .forward: return false
    }
  }
}

extension Trace {
  /// True if the packet does not arrive where it was sent, or is redirected.
  fileprivate var isTaken: Bool {
    switch verdict {
    case .drop, .reject, .redirect, .dnat, .tproxy, .unknown: true
    case .accept: false
    }
  }

  /// The rule of a table of nf_tables that decides, in either order of chains.
  fileprivate var foreignDecision: Decision? {
    [decision, doubt?.otherDecision].compactMap(\.self).first {
      if case .nftables = $0.rule { true } else { false }
    }
  }

  /// The verdict in a few words; of two possible ones, both.
  fileprivate var outcome: String {
    doubt.map { "\($0.ifMatched.words) or \($0.otherwise.words)" } ?? verdict.words
  }
}

extension ForeignRule {
  /// `a rule of output: tcp dport 80 counter drop, 12 packets (comment)`.
  fileprivate var words: String {
    let count = packets.map { ", \($0) packets" } ?? ""
    return "a rule of \(chain): \(text)\(count)" + (comment.map { " (\($0))" } ?? "")
  }
}
