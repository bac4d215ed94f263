public import NetworkValues

/// A cluster of a proxy, by the name that Istio gives it.
public enum ClusterName: Hashable, Sendable {
  /// `PassthroughCluster`: the original destination of outbound connections.
  case passthrough
  /// `BlackHoleCluster`: a cluster without endpoints.
  case blackHole
  /// `InboundPassthroughCluster` and its names per family: the original destination of inbound connections.
  case inboundPassthrough
  /// `inbound|PORT|NAME|HOST`; releases since 1.8 leave name and host empty.
  case inbound(port: Port)
  /// `outbound|PORT|SUBSET|HOST`.
  case outbound(port: Port, subset: String, host: String)
  /// `outbound_.PORT_.SUBSET_.HOST`: the same for TLS that a gateway forwards by its server name.
  case autoPassthrough(port: Port, subset: String, host: String)
  /// `inbound-vip|PORT|PROTOCOL|HOST`, with `/SUBSET` after the protocol: a host of a waypoint.
  case waypoint(port: Port, subset: String, host: String)
  /// A cluster of the proxy's own connections.
  case proxy(Purpose)
  /// Any other name.
  case other(String)

  /// Purposes of the proxy's own connections.
  public enum Purpose: String, Hashable, Sendable, CaseIterable {
    case discovery = "xds-grpc"
    case certificates = "sds-grpc"
    case workloadCertificates = "sds"
    case statistics = "prometheus_stats"
    case agent
    case zipkin
    case accessLogs = "envoy_accesslog_service"
    case tunnel = "connect_originate"
    case inboundTunnel = "main_internal"
  }

  /// Reads a cluster's name.
  public init(_ name: String) {
    switch name {
    case "PassthroughCluster": self = .passthrough
    case "BlackHoleCluster": self = .blackHole
    case "InboundPassthroughCluster", "InboundPassthroughClusterIpv4", "InboundPassthroughClusterIpv6":
      self = .inboundPassthrough
    default: self = Purpose(rawValue: name).map(ClusterName.proxy) ?? Self.structured(name) ?? .other(name)
    }
  }

  /// Reads a name of the form `DIRECTION|PORT|SUBSET|HOST`, or the same with `_.` for `|`.
  private static func structured(_ name: String) -> ClusterName? {
    let isServerName = name.hasPrefix("outbound_.")
    let parts = name.parts(separatedBy: isServerName ? "_." : "|")
    guard parts.count == 4, let port = Port(parts[1]) else { return nil }
    let (subset, host) = (isServerName && parts[2] == "_" ? "" : parts[2], parts[3])
    switch parts[0] {
    case "inbound": return .inbound(port: port)
    case "inbound-vip":
      let subset = subset.split(separator: "/", maxSplits: 1).dropFirst().first.map(String.init)
      return .waypoint(port: port, subset: subset ?? "", host: host)
    case "outbound" where isServerName: return .autoPassthrough(port: port, subset: subset, host: host)
    case "outbound": return .outbound(port: port, subset: subset, host: host)
    default: return nil
    }
  }
}

extension ClusterName {
  /// The destination of connections to the cluster, in a phrase.
  public var meaning: String {
    switch self {
    case .passthrough: "forwarded to its original destination, which belongs to no known service"
    case .blackHole: "no endpoints, the connection is closed"
    case .inboundPassthrough: "forwarded to the app at its original destination; no service declares the port"
    case .inbound(let port): "port \(port) of the app"
    case .outbound(let port, let subset, let host), .autoPassthrough(let port, let subset, let host),
      .waypoint(let port, let subset, let host):
      "the endpoints of \(host), port \(port)\(subset.isEmpty ? "" : ", subset \(subset)")"
    case .proxy(let purpose): purpose.meaning
    case .other: "a cluster that is not named by Istio"
    }
  }
}

extension ClusterName.Purpose {
  fileprivate var meaning: String {
    switch self {
    case .discovery: "the proxy's configuration, from istiod by way of the agent"
    case .certificates, .workloadCertificates: "the proxy's certificates, from the agent"
    case .statistics: "the proxy's own statistics"
    case .agent: "the agent in the same container: readiness and metrics"
    case .zipkin: "a collector of traces"
    case .accessLogs: "a collector of access logs"
    case .tunnel: "an HBONE tunnel to the other proxy"
    case .inboundTunnel: "the listener inside the proxy that gets what an HBONE tunnel carries"
    }
  }
}

extension String {
  fileprivate func parts(separatedBy separator: String) -> [String] {
    var parts: [String] = []
    var rest = Substring(self)
    while parts.count < 3, let place = rest.firstRange(of: separator) {
      parts.append(String(rest[..<place.lowerBound]))
      rest = rest[place.upperBound...]
    }
    return parts + [String(rest)]
  }
}

extension Substring {
  fileprivate func firstRange(of separator: String) -> Range<Index>? {
    var start = startIndex
    while let place = self[start...].firstIndex(where: { $0 == separator.first }) {
      if self[place...].hasPrefix(separator) {
        return place..<index(place, offsetBy: separator.count)
      }
      start = index(after: place)
    }
    return nil
  }
}
