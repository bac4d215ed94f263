import Intercept

/// Rules of the raw table that exempt connections from tracking: nat does not see them, so the proxy does not get them.
enum UntrackedConnections: DoctorCheck {
  static let name = "not-tracked"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard pod.configuration != nil else { return [] }
    let hits = pod.traces.filter { $0.mustBeCaptured && $0.trace.isUntracked }
    var shown: Set<String> = []
    let certain = hits.compactMap { typical -> DoctorFinding? in
      let rule = typical.trace.untrackingRule
      guard shown.insert(rule).inserted else { return nil }
      let same = hits.filter { $0.trace.untrackingRule == rule }
      return error(
        "\(rule) exempts connections from tracking, so nat does not redirect them: they bypass the proxy",
        why: excerpt(same.map { "\($0.label): \($0.trace.summary)" }), remedy: remedy)
    }
    return certain + answers(pod, &shown)
      + rules(pod).filter { rule in !shown.contains { $0.hasPrefix(rule.place) } }.map { rule in
        warning(
          "\(rule.place): \(rule.text) exempts connections from tracking: those that it matches bypass the proxy",
          why: ["no typical connection of the pod meets it"], remedy: remedy)
      }
  }

  /// Rules that exempt the proxy's answers, whose source is then not translated back.
  private static func answers(_ pod: Examination, _ shown: inout Set<String>) -> [DoctorFinding] {
    var findings: [DoctorFinding] = []
    for typical in pod.answers where typical.trace.isUntracked {
      let rule = typical.trace.untrackingRule
      guard shown.insert(rule).inserted else { continue }
      findings.append(
        error(
          "\(rule) exempts the proxy's answers from tracking, so they reach the client from the proxy's port: it "
            + "resets the connection",
          why: ["\(typical.label), at \(typical.trace.flow.source.map(\.description) ?? "any address")"],
          remedy: remedy))
    }
    return findings
  }

  private static let remedy =
    "delete the rule: iptables -t raw -S shows its place, iptables -t raw -D CHAIN NUMBER deletes it"

  /// Rules of raw that untrack TCP on an interface to other hosts.
  private static func rules(_ pod: Examination) -> [(place: String, text: String)] {
    pod.facts.rulesets.flatMap { ruleset -> [(place: String, text: String)] in
      (ruleset[.raw]?.chains ?? []).flatMap { chain in
        chain.rules.enumerated().filter { $0.element.isUntrackingTCP }.map { index, rule in
          ("rule \(index + 1) of \(chain.name) (raw)", rule.iptablesText)
        }
      }
    }
  }
}

extension TypicalTrace {
  /// True for a connection that Istio's rules are meant to capture.
  fileprivate var mustBeCaptured: Bool {
    switch role {
    case .appOutbound, .appInbound, .capturedInbound, .question: true
    case .proxyOutbound, .proxyToApp, .health, .probe, .answer: false
    }
  }
}

extension Trace {
  /// True if nat did not see the packet, because it is not tracked.
  fileprivate var isUntracked: Bool { !isCaptured && events.contains(.natSkipped(.notTracked)) }

  /// Place and text of the rule that exempts the packet from tracking.
  fileprivate var untrackingRule: String {
    let step = steps.first { step in
      guard step.isMatch else { return false }
      return switch step.rule {
      case .iptables(let rule): rule.target.untracks
      case .nftables(let rule): rule.parts.contains(.statement(.untrack))
      }
    }
    return step.map { "\($0.place): \($0.rule.text)" } ?? "a rule"
  }
}

extension Target {
  fileprivate var untracks: Bool {
    switch self {
    case .ct(let target): target.isUntracked
    case .opaque(let target): target.text.hasPrefix("NOTRACK")
    case .accept, .drop, .return, .jump, .goto, .none, .redirect, .mark, .connmark, .tproxy: false
    }
  }
}

extension Rule {
  /// True for an untracking rule that may match TCP of other interfaces than lo.
  fileprivate var isUntrackingTCP: Bool {
    guard target.untracks else { return false }
    return !matches.contains { match in
      switch match {
      case .proto(.is(let proto)): proto != .tcp && proto != .any
      case .udp: true
      case .inInterface(.is(let interface)), .outInterface(.is(let interface)): interface.description == "lo"
      case .source, .destination, .inInterface, .outInterface, .proto, .tcp, .multiport, .owner, .mark,
        .connmark, .conntrack, .state, .addressType, .comment, .opaque:
        false
      }
    }
  }
}
