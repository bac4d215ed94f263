import Intercept

/// The path of a connection in another pod: the member `toPod` of `trace --format json`.
struct PodPathJSON: Encodable {
  /// Kind and name of the pod.
  let pod: String
  /// The address and port that the client connects to; absent if it is not known.
  let endpoint: String?
  let mutualTLS: SecurityJSON?
  let legs: [LegJSON]
  /// `accepted`, `fails`, `elsewhere` or `unknown`.
  let end: String
  /// The address on which the app accepts the connection; absent if it does not.
  let app: String?
  /// The end in a sentence.
  let summary: String

  /// The TLS of both sides.
  struct SecurityJSON: Encodable {
    /// `none`, `simple` or `mutual`.
    let client: String
    let clientReason: String?
    /// `DISABLE`, `PERMISSIVE` or `STRICT`; absent if it is not known.
    let server: String?
    /// The PeerAuthentication that decides; absent for Istio's default.
    let serverObject: String?
    /// Absent if it depends on the app.
    let fits: Bool?
  }

  /// One connection of the path, with the members of a trace.
  struct LegJSON: Encodable {
    let title: String
    let trace: TraceJSON
  }

  init(_ path: PodPath) {
    pod = path.pod
    endpoint = path.endpoint?.description
    mutualTLS = path.security.map {
      SecurityJSON(
        client: $0.client.rawValue, clientReason: $0.clientReason, server: $0.server?.rawValue,
        serverObject: $0.serverObject, fits: $0.fits)
    }
    legs = path.legs.map { LegJSON(title: $0.title, trace: TraceJSON($0.traced, rules: $0.rules)) }
    summary = path.summary
    switch path.end {
    case .accepted(let address): (end, app) = ("accepted", address)
    case .fails: (end, app) = ("fails", nil)
    case .elsewhere: (end, app) = ("elsewhere", nil)
    case .unknown: (end, app) = ("unknown", nil)
    }
  }
}
