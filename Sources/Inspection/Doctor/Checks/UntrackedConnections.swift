import Intercept

/// Rules of the raw table that exempt connections from tracking: nat does not see them, so the proxy does not get them.
enum UntrackedConnections: DoctorCheck {
  static let name = "not-tracked"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard pod.configuration != nil else { return [] }
    let captured = bypasses(pod)
    let answers = answers(pod).filter { !captured.places.contains($0.place) }
    let known = captured.places.union(answers.map(\.place))
    return captured.findings + answers.map(\.finding)
      + unmet(pod).filter { !known.contains($0.place) }.map(\.finding)
  }

  private typealias PlacedFinding = (place: RulePlace, finding: DoctorFinding)

  /// Rules that exempt connections which nat would redirect.
  private static func bypasses(_ pod: Examination) -> (findings: [DoctorFinding], places: Set<RulePlace>) {
    var hits: [(TraceStep, [TypicalTrace])] = []
    for typical in pod.traces where typical.mustBeCaptured && typical.trace.isUntracked {
      guard let step = typical.trace.untrackingStep else { continue }
      if let index = hits.firstIndex(where: { $0.0.place == step.place }) {
        hits[index].1.append(typical)
      } else {
        hits.append((step, [typical]))
      }
    }
    let findings = hits.map { step, connections in
      error(
        "\(step.place) exempts connections from tracking, so nat does not redirect them and they bypass the proxy: "
          + step.rule.text,
        why: excerpt(connections.map { "\($0.label): \($0.trace.summary)" }),
        remedy: remedy(step, connections[0].trace, pod))
    }
    return (findings, Set(hits.map(\.0.place)))
  }

  /// Rules that exempt the proxy's answers, whose source is then not translated back.
  private static func answers(_ pod: Examination) -> [PlacedFinding] {
    pod.answers.reduce(into: [PlacedFinding]()) { found, typical in
      guard typical.trace.isUntracked, let step = typical.trace.untrackingStep,
        !found.contains(where: { $0.place == step.place })
      else { return }
      let finding = error(
        "\(step.place) exempts the proxy's answers from tracking, so they reach the client from the proxy's port, and "
          + "it resets the connection: \(step.rule.text)",
        why: ["\(typical.label), at \(typical.trace.flow.source.map(\.description) ?? "any address")"],
        remedy: remedy(step, typical.trace, pod))
      found.append((step.place, finding))
    }
  }

  private static func remedy(_ step: TraceStep, _ trace: Trace, _ pod: Examination) -> String {
    let family = trace.flow.destination.address.family
    return "delete it: \(RuleDeletion(step.place, step.rule, family, pod.facts.origin).command)"
  }

  /// Rules of raw that untrack TCP on an interface to other hosts, whether a typical connection meets them or not.
  private static func unmet(_ pod: Examination) -> [PlacedFinding] {
    let here = pod.facts.rulesets.map { ($0, TracedTable.iptables(.raw)) }
    return (here + pod.facts.legacyRulesets.map { ($0, .legacy(.raw)) }).flatMap { ruleset, table in
      (ruleset[.raw]?.chains ?? []).flatMap { chain in
        chain.rules.enumerated().filter { $0.element.isUntrackingTCP }.map { index, rule -> PlacedFinding in
          let place = RulePlace(table: table, chain: chain.name.text, index: index + 1)
          let deletion = RuleDeletion(place, .iptables(rule), ruleset.family, pod.facts.origin).command
          let finding = warning(
            "\(place) exempts connections from tracking, and those that match bypass the proxy: "
              + rule.iptablesText,
            why: ["no typical connection of the pod meets it"], remedy: "delete it: \(deletion)")
          return (place, finding)
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
    case .proxyOutbound, .proxyToApp, .health, .probe, .answer, .proxyQuestion: false
    }
  }
}

extension Trace {
  /// True if nat did not see the packet, because it is not tracked.
  var isUntracked: Bool { !isCaptured && events.contains(.natSkipped(.notTracked)) }

  /// The rule that exempts the packet from tracking.
  fileprivate var untrackingStep: TraceStep? {
    steps.first { step in
      guard step.isMatch else { return false }
      return switch step.rule {
      case .iptables(let rule): rule.target.untracks
      case .nftables(let rule): rule.parts.contains(.statement(.untrack))
      }
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
