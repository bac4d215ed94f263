import Intercept

/// Rules of iptables outside Istio's chains that drop or reject packets.
enum DroppingRules: DoctorCheck {
  static let name = "rule-drops"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    let beside = pod.facts.legacyRulesets.flatMap { rules($0, isLegacy: true, pod) }
    return policies(pod) + pod.facts.rulesets.flatMap { rules($0, isLegacy: false, pod) } + beside
  }

  /// A dropping rule and its place.
  private struct Dropper {
    let rule: Rule
    let family: IPFamily
    let place: RulePlace
  }

  private static func rules(_ ruleset: Ruleset, isLegacy: Bool, _ pod: Examination) -> [DoctorFinding] {
    droppers(ruleset, isLegacy: isLegacy, pod.facts.readinessDrops).compactMap { dropper in
      let hit = probe(dropper, pod) + evidence(dropper, pod)
      let what =
        "rule \(dropper.place.index) of \(dropper.place.chain) (\(dropper.place.table.name), \(ruleset.family)) drops "
        + "packets: "
        + dropper.rule.iptablesText
      let deletion = RuleDeletion(dropper.place, .iptables(dropper.rule), dropper.family, pod.facts.origin)
      let remedy = "if it is not meant for the pod's traffic, delete it: \(deletion.command)"
      guard hit.isEmpty else { return error(what, why: excerpt(hit), remedy: remedy) }
      let count = dropper.rule.counters.map { [$0.droppedWords] } ?? []
      let unknown = uncertainties(dropper, pod)
      let typical = unknown.isEmpty ? ["no typical connection of the pod meets it"] : excerpt(unknown)
      return warning(what, why: count + typical, remedy: remedy)
    }
  }

  /// Foreign rules that drop or reject, in chains that a hook reaches. Packets of no connection, of ICMP, and of
  /// loopback addresses from outside may be dropped.
  private static func droppers(
    _ ruleset: Ruleset, isLegacy: Bool, _ counted: Set<DroppingRule>
  ) -> [Dropper] {
    let ownership = Ownership(of: ruleset)
    return ruleset.tables.flatMap { table in
      table.chains.filter { !$0.name.isIstio && $0.name.hook != .forward && table.reaches($0.name) }.flatMap {
        chain in
        chain.rules.enumerated().compactMap { index, rule -> Dropper? in
          let place = RulePlace(
            table: TracedTable(table.name, isLegacy: isLegacy), chain: chain.name.text,
            index: index + 1)
          guard rule.target.drops,
            !rule.isHarmless || counted.contains(.iptables(ruleset.family, place)),
            ownership.claim(on: rule, at: index, in: chain.name, of: table.name) == nil
          else { return nil }
          return Dropper(rule: rule, family: ruleset.family, place: place)
        }
      }
    }
  }

  /// The doctor's own connection that the rule dropped.
  private static func probe(_ dropper: Dropper, _ pod: Examination) -> [String] {
    pod.facts.readinessDrops.contains(.iptables(dropper.family, dropper.place)) ? [readinessWords] : []
  }

  /// The evidence that a rule dropped the connection to the readiness endpoint.
  static let readinessWords =
    "its counter rose while the doctor connected to 127.0.0.1:\(Port.envoyReadiness) in vain"

  /// Live connections and typical ones that meet the rule, or whose answers do. A rule about peers is not judged by typical connections, whose
  /// peers are made up.
  private static func evidence(_ dropper: Dropper, _ pod: Examination) -> [String] {
    func meets(_ trace: Trace) -> Bool {
      trace.decision?.place == dropper.place && trace.flow.destination.address.family == dropper.family
    }
    let waiting = pod.connections.filter { $0.isWaiting && $0.today.map(meets) == true }.map {
      "\($0.ownerWords) waits for \($0.destination)"
    }
    let unanswered = pod.connections.filter { connection in
      connection.isWaiting && connection.answer.flatMap(pod.rules.trace).map(meets) == true
    }.map { "an answer of \($0.destination) to \($0.ownerWords)" }
    let typical = (pod.traces + pod.answers).filter { typical in
      typical.trace.isLost && meets(typical.trace)
        && !dropper.rule.testsPeer(of: typical.role, isRedirected: typical.isRedirectedBefore)
    }.map {
      "\($0.label): \($0.trace.summary)"
    }
    return waiting + unanswered + typical
  }

  /// Typical connections that may meet the rule, if a match that is not modelled holds.
  private static func uncertainties(_ dropper: Dropper, _ pod: Examination) -> [String] {
    (pod.traces + pod.answers).filter { typical in
      typical.trace.verdict == .unknown && typical.trace.decision?.place == dropper.place
        && typical.trace.flow.destination.address.family == dropper.family
        && !dropper.rule.testsPeer(of: typical.role, isRedirected: typical.isRedirectedBefore)
    }.map { "\($0.label) may meet it" }
  }

  /// Policies of iptables, of either backend, that drop a typical connection.
  private static func policies(_ pod: Examination) -> [DoctorFinding] {
    let dropped = pod.traces.filter { $0.trace.droppingPolicy?.table.isOfIptables == true }
    return dropped.isEmpty
      ? []
      : [
        error(
          "the policy of a built-in chain drops the pod's connections",
          why: excerpt(dropped.map { "\($0.label): \($0.trace.summary)" }),
          remedy:
            "accept the connections with a rule, or set the policy back with the program of that backend: "
            + "iptables -P CHAIN ACCEPT, iptables-legacy -P CHAIN ACCEPT")
      ]
  }
}

extension Counters {
  fileprivate var droppedWords: String {
    switch packets {
    case 0: "it has dropped no packet yet"
    case 1: "it has dropped 1 packet"
    default: "it has dropped \(packets) packets"
    }
  }
}

extension TypicalTrace {
  /// True if the rule that decides sees the port of the proxy, not the one that the packet was sent to.
  fileprivate var isRedirectedBefore: Bool {
    trace.decidingPacket?.isTranslated ?? false
  }
}

extension Trace {
  /// The packet as the deciding rule sees it; nil if no rule decides.
  var decidingPacket: Packet? { steps.last { $0.isMatch && $0.place == decision?.place }?.packet }

  /// True if the packet is certainly dropped or rejected.
  var isLost: Bool { verdict == .drop || verdict == .reject }
}

extension IPFamily {
  /// The name of the iptables program of the family.
  var iptablesProgram: String {
    switch self {
    case .ipv4: "iptables"
    case .ipv6: "ip6tables"
    }
  }

  /// The program `ip` with the option of the family.
  var ipProgram: String { self == .ipv4 ? "ip -4" : "ip -6" }
}

extension PodConnection {
  /// The first packet from the destination of an outbound connection past the proxy; nil for other connections.
  var answer: Flow? {
    guard direction == .outbound, path == .direct, let initiator else { return nil }
    var flow = Flow(
      .inbound, proto, to: initiator.local, from: destination.address, port: destination.port)
    flow.state = .established
    return flow
  }

  /// True if the first packet has no answer yet.
  var isWaiting: Bool { initiator?.state == .synSent }

  /// `curl (4711), uid 1000`.
  var ownerWords: String {
    let process = processes.first.map { "\($0.name) (\($0.id))" } ?? "a process"
    return process + (user.map { ", uid \($0)" } ?? "")
  }
}

extension Rule {
  /// True if the rule tests a part of a typical connection that is made up: the peer's address, and its port if the pod
  /// connects. A redirected packet has the address and the port of the proxy instead.
  fileprivate func testsPeer(of role: TypicalTrace.Role, isRedirected: Bool) -> Bool {
    matches.contains { match in
      switch (match, role) {
      case (_, .question), (_, .proxyQuestion), (_, .proxyToApp): false
      case (.destination, .appOutbound), (.destination, .proxyOutbound): !isRedirected
      case (.tcp(let match), .appOutbound), (.tcp(let match), .proxyOutbound):
        !isRedirected && match.destination != nil
      case (.multiport, .appOutbound), (.multiport, .proxyOutbound): !isRedirected
      case (.source, .appInbound), (.source, .capturedInbound), (.source, .health), (.source, .probe): true
      case (.destination, .answer): true
      case (.tcp(let match), .answer): match.destination != nil
      case (.multiport(let match), .answer): match.side == .destination
      case (.source, _), (.destination, _), (.inInterface, _), (.outInterface, _), (.proto, _), (.tcp, _),
        (.udp, _), (.multiport, _), (.owner, _), (.mark, _), (.connmark, _), (.conntrack, _), (.state, _),
        (.addressType, _), (.comment, _), (.opaque, _):
        false
      }
    }
  }

  /// True if the rule matches no new connection over TCP or UDP.
  fileprivate var isHarmless: Bool {
    matches.contains { match in
      switch match {
      case .conntrack(let match): match.conditions.state.map { !$0.holds { $0.contains(.new) } } ?? false
      case .state(let match): !match.state.holds { $0.contains(.new) }
      case .proto(.is(let proto)): proto != .tcp && proto != .udp && proto != .any
      case .source, .destination, .inInterface, .outInterface, .proto, .tcp, .udp, .multiport, .owner, .mark,
        .connmark, .addressType, .comment, .opaque:
        false
      }
    }
  }
}

extension Table {
  /// True if packets of a hook may reach the chain.
  fileprivate func reaches(_ chain: ChainName) -> Bool {
    var seen: Set<ChainName> = [chain]
    var next = [chain]
    while let name = next.popLast() {
      if name.hook != nil { return true }
      for caller in chains where caller.rules.contains(where: { $0.target.calls(name) }) {
        if seen.insert(caller.name).inserted { next.append(caller.name) }
      }
    }
    return false
  }
}

extension Target {
  fileprivate func calls(_ chain: ChainName) -> Bool { self == .jump(chain) || self == .goto(chain) }
}
