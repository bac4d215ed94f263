import Intercept
import Manifests

extension PodPath {
  /// The mutual TLS between the pods.
  struct Security {
    /// The TLS of the connection between the pods.
    let client: EnvoyUpstreamTLS
    /// The reason for the client's TLS, if it is known.
    let clientReason: String?
    /// The mutual TLS that the other pod accepts; nil if it is not known.
    let server: EnvoyAcceptedTLS?
    /// The PeerAuthentication that decides; nil for Istio's default, and if it is not known.
    let serverObject: String?
    /// True if the other pod accepts the client's TLS; nil if it depends on the app.
    let fits: Bool?
  }
}

extension PodPath.Security {
  init(
    _ candidate: PathCandidate, _ arrived: TracedFlow, _ server: DestinationPod, isHTTP: Bool
  ) {
    client = candidate.choice?.tls ?? .none
    clientReason = candidate.reason
    serverObject = server.listeners?.peerAuthentication(of: candidate.endpoint.port)
    switch arrived.outcome {
    case .gets(let connection, let route):
      self.server = server.proxy?.configuration.acceptedTLS(connection, isHTTP: isHTTP)
      let isTerminated = route.terminatesTLS && route.destination != .closed
      fits = Self.fits(candidate.choice, isTerminated, accepted: self.server)
    case .isLeftOut:
      // The app gets the bytes as they are.
      self.server = .disable
      fits = Self.fits(candidate.choice, false, accepted: .disable)
    case nil:
      self.server = server.noRules == nil ? nil : .disable
      fits = self.server.flatMap { Self.fits(candidate.choice, false, accepted: $0) }
    }
  }

  private static func fits(
    _ choice: EnvoyUpstream.Choice?, _ isTerminated: Bool, accepted: EnvoyAcceptedTLS?
  ) -> Bool? {
    switch choice?.tls ?? .none {
    case .none: return accepted.map { $0 != .strict }
    case .simple: return isTerminated || accepted == .strict ? false : nil
    case .mutual:
      if isTerminated { return true }
      let isOfMesh = choice?.applicationProtocols.contains("istio") == true
      return isOfMesh || accepted == .strict ? false : nil
    }
  }
}
