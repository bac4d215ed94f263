import Intercept

/// An endpoint that may get a connection, and the TLS to it.
struct PathCandidate {
  let endpoint: Endpoint
  var cluster = ""
  /// The choice of the client's proxy; nil if the connection does not pass it.
  var choice: EnvoyUpstream.Choice?
  var reason: String?
}

extension TracedFlow {
  /// The endpoints that may get the connection, or the end of its path.
  func candidates(_ proxy: Proxy?) -> (found: [PathCandidate], end: PodPath.End?) {
    switch outcome {
    case .gets(_, let route): return route.candidates
    case .isLeftOut, nil:
      guard let trace else { return ([], .unknown("the rules are not known")) }
      switch trace.verdict {
      case .accept, .dnat:
        let target = Endpoint(trace.packet.destination, trace.packet.destinationPort)
        let chosen = proxy?.serviceEndpoints(target)?.compactMap { endpoint -> PathCandidate? in
          guard case .socket(let end) = endpoint.address else { return nil }
          return PathCandidate(endpoint: end)
        }
        return (chosen ?? [PathCandidate(endpoint: target)], nil)
      case .drop, .reject: return ([], .fails("the client's rules: \(trace.summary)"))
      case .unknown: return ([], .unknown("the client's rules: \(trace.summary)"))
      case .redirect, .tproxy:
        return ([], .unknown("the client's proxy is not known; give --envoy-config or --listeners-from"))
      }
    }
  }
}

extension EnvoyRoute {
  /// The endpoints that may get the connection, or the end of its path.
  fileprivate var candidates: (found: [PathCandidate], end: PodPath.End?) {
    guard !isFailure else { return ([], .fails("in the client's pod \(summary)")) }
    let found = upstreams.flatMap { upstream in
      upstream.usable.compactMap { choice -> PathCandidate? in
        guard case .socket(let end) = choice.endpoint.address else { return nil }
        return PathCandidate(
          endpoint: end, cluster: upstream.cluster, choice: choice, reason: upstream.tlsReason)
      }
    }
    guard found.isEmpty else { return (found, nil) }
    switch destination {
    case .closed, .response: return ([], .fails("in the client's pod \(summary)"))
    case .cluster, .oneOf, .http, .unknown:
      let names = upstreams.flatMap { $0.endpoints ?? [] }.map(\.endpoint.address.description)
      return names.isEmpty
        ? ([], .unknown("the endpoints are not known: \(summary)"))
        : ([], .elsewhere("the connection goes to \(names.prefix(5).joined(separator: ", "))"))
    }
  }
}
