import NetworkValues
import RuleModel

extension Trace {
  /// The connection in a line: `outbound TCP to 10.0.0.1:80 by eth0, from uid 1000, gid 1000`.
  public var heading: String {
    var words = "\(flow.direction.rawValue) \(flow.proto.words) to \(flow.destination) by \(interface)"
    if let source = flow.source {
      words += ", from " + (flow.sourcePort.map { Endpoint(source, $0).description } ?? "\(source)")
    }
    guard flow.direction == .outbound else { return words }
    guard !flow.isOwnerUnknown else { return words }
    return words + ", " + (flow.owner.map { "of \($0)" } ?? "of no socket")
  }

  /// Where the connection ends, in a sentence.
  public var summary: String {
    switch verdict {
    case .accept: acceptance
    case .redirect(let listener): redirection(listener)
    case .tproxy(let port):
      "handed to the listener on port \(port) as it is; the proxy will see \(flow.destination) as "
        + "original destination, and the client's own address"
    case .drop: "dropped by \(decision?.words ?? dropper)"
    case .unknown: uncertainty
    }
  }

  private var acceptance: String {
    let way =
      switch flow.direction {
      case .outbound: interface == .loopback ? "stays on lo, untouched" : "leaves untouched by \(interface)"
      case .inbound: "reaches \(flow.destination) untouched"
      }
    return "\(way): \(decision?.words ?? "no rule wants it")"
  }

  private func redirection(_ listener: Endpoint) -> String {
    let seen =
      flow.proto == .tcp
      ? "the proxy will see \(flow.destination) as original destination"
      : "it was sent to \(flow.destination)"
    return "redirected to \(listener); \(seen)"
  }

  private var dropper: String {
    for event in events.reversed() {
      if case .policy(.drop, let table, let hook) = event {
        return "the policy of \(hook.rawValue) in \(table.rawValue)"
      }
      if case .foreign(let step) = event, step.drops { return step.words }
    }
    return "the policy of a chain"
  }

  private var uncertainty: String {
    guard let decision else { return "unknown: rules call each other too deep or too often to be followed" }
    guard let doubt else { return "unknown: nobody can tell what \(decision.words) does" }
    return
      "unknown: nobody can tell whether \(decision.words) matches. If it does: \(doubt.ifMatched.words). "
      + "If not: \(doubt.otherwise.words)."
  }
}

extension Decision {
  /// `rule 4 of ISTIO_OUTPUT in nat, -j RETURN`.
  fileprivate var words: String { "\(place), \(rule.iptablesText)" }
}

extension Verdict {
  /// The verdict in few words: `redirected to 127.0.0.1:15001`.
  public var words: String {
    switch self {
    case .accept: "untouched"
    case .redirect(let listener): "redirected to \(listener)"
    case .tproxy(let port): "handed to port \(port)"
    case .drop: "dropped"
    case .unknown: "unknown"
    }
  }
}
