import NetworkValues
import RuleModel

extension Trace {
  /// The connection in one line: `outbound TCP to 10.0.0.1:80 via eth0, from uid 1000, gid 1000`.
  public var heading: String {
    var words = "\(flow.direction.rawValue) \(flow.proto.words) to \(flow.destination) via \(interface)"
    if let source = flow.source {
      words += ", from " + (flow.sourcePort.map { Endpoint(source, $0).description } ?? "\(source)")
    }
    guard flow.direction == .outbound else { return words }
    guard !flow.isOwnerUnknown else { return words }
    guard let owner = flow.owner else { return words + ", without a socket" }
    return words + (flow.source == nil ? ", from \(owner)" : ", \(owner)")
  }

  /// The outcome in one sentence.
  public var summary: String { summary(delivery: []) }

  /// The outcome in one sentence, in a namespace with known sockets.
  ///
  /// - Parameter delivery: facts about the socket that gets the connection, if it is not the proxy's.
  public func summary(delivery: [String]) -> String {
    missingRoute.map { "NOT SENT: \($0). With a route: \(outcome(delivery))" } ?? outcome(delivery)
  }

  private func outcome(_ delivery: [String]) -> String {
    switch verdict {
    case .accept: acceptance
    case .redirect(let listener):
      delivery.isEmpty ? redirection(listener) : "redirected to \(listener), but not to the proxy"
    case .tproxy(let port):
      delivery.isEmpty
        ? "delivered unchanged to the listener on port \(port); the proxy will see \(flow.destination) as "
          + "original destination, and the client's own address"
        : "assigned to port \(port) by TPROXY, but not delivered to the proxy"
    case .dnat(let destination):
      "NOT CAPTURED: sent to \(destination) instead of \(flow.destination)"
        + (decision.map { ", because of \($0.words)" } ?? "")
    case .drop: "dropped by \(decision?.words ?? dropper)"
    case .reject: "rejected by \(decision?.words ?? dropper)"
    case .unknown: uncertainty
    }
  }

  private var acceptance: String {
    let path =
      switch flow.direction {
      case .outbound:
        (interface == .loopback ? "stays on lo" : "leaves via \(interface)\(newSource)") + ", past the proxy"
      case .inbound, .forwarded:
        isForwarded ? "forwarded via \(leaving)\(newSource)" : "reaches \(flow.destination) directly"
      }
    return "NOT CAPTURED: \(path)" + (decision.map { ", because of \($0.words)" } ?? unmatched)
  }

  /// Rules that change the source match and capture nothing.
  private var unmatched: String {
    translatedSource == nil ? "; no rule matched" : "; no rule captures it"
  }

  /// ` with source 192.0.2.9`, if NAT has changed the source.
  private var newSource: String {
    translatedSource.map { " with source \($0)" } ?? ""
  }

  /// The interface on which the packet leaves; the inbound one again is a hairpin.
  private var leaving: String {
    guard let interface = packet.outInterface else { return "" }
    return "\(interface)" + (interface == packet.inInterface ? " again" : "")
  }

  private func redirection(_ listener: Endpoint) -> String {
    // A rule of another program hardly redirects to the proxy.
    let reader = decision?.place.isOfMesh == false ? "the listener there" : "the proxy"
    let seen =
      flow.proto == .tcp
      ? "\(reader) will see \(flow.destination) as original destination"
      : "it was sent to \(flow.destination)"
    return "redirected to \(listener); \(seen)"
  }

  private var dropper: String {
    for event in events.reversed() {
      if case .policy(.drop, let table, let chain) = event {
        return "the policy of \(chain) (\(table.name))"
      }
      if case .foreign(let step) = event, step.drops { return step.words }
    }
    return "the policy of a chain"
  }

  private var uncertainty: String {
    guard let decision else {
      return "unknown: chains are nested too deeply, or called too often, to be followed"
    }
    if case .iptables(let rule) = decision.rule, rule.isUnlisted {
      return "unknown: the connection comes to \(decision.place), and the text does not show the rules there"
    }
    guard let doubt else { return "unknown: the target of \(decision.words) is not modelled" }
    switch doubt.cause {
    case .match:
      return "unknown: \(decision.words) may match or not. If it does: \(doubt.ifMatched.words). "
        + "If not: \(doubt.otherwise.words)."
    case .order(let other):
      return
        "unknown: chains of iptables-legacy and nf_tables have equal priority, and the one registered last is "
        + "called first. By \(decision.words): \(doubt.ifMatched.words). "
        + "By \(other?.words ?? "the other one"): \(doubt.otherwise.words)."
    }
  }
}

extension RulePlace {
  /// True for a rule in a chain of its own of a table of iptables, as every mesh has them.
  fileprivate var isOfMesh: Bool {
    switch table {
    case .iptables, .legacy: ChainName(chain)?.hook == nil
    case .nftables: false
    }
  }
}

extension Decision {
  /// `rule 4 of ISTIO_OUTPUT (nat), -j RETURN`.
  fileprivate var words: String { "\(place), \(rule.text)" }
}

extension Verdict {
  /// The verdict in a few words: `redirected to 127.0.0.1:15001`.
  public var words: String {
    switch self {
    case .accept: "not captured"
    case .redirect(let listener): "redirected to \(listener)"
    case .tproxy(let port): "delivered to port \(port)"
    case .dnat(let destination): "sent to \(destination)"
    case .drop: "dropped"
    case .reject: "rejected"
    case .unknown: "unknown"
    }
  }
}
