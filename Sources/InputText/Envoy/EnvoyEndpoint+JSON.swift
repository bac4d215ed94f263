import Intercept

extension EnvoyEndpoint {
  /// Reads the endpoints of a `ClusterLoadAssignment`.
  static func assigned(_ json: EnvoyObject) throws -> [EnvoyEndpoint] {
    try json.objects("endpoints").flatMap { locality in
      try locality.objects("lbEndpoints").compactMap { try EnvoyEndpoint(assigned: $0) }
    }
  }

  /// Reads the endpoints of a `ClusterStatus`.
  static func reported(_ json: EnvoyObject) throws -> [EnvoyEndpoint] {
    try json.objects("hostStatuses").compactMap { host in
      try address(host.object("address")).map {
        EnvoyEndpoint($0, health: try EnvoyHealth(reported: host.object("healthStatus")))
      }
    }
  }

  private init?(assigned json: EnvoyObject) throws {
    guard let address = try Self.address(json.object("endpoint")?.object("address")) else { return nil }
    let metadata = try json.object("metadata")?.object("filterMetadata")
    self.init(
      address, health: try json.text("healthStatus").map(EnvoyHealth.init(name:)) ?? .unknown,
      socketMatch: try metadata?.object("envoy.transport_socket_match")?.scalars ?? [:],
      labels: try metadata?.object("envoy.lb")?.scalars ?? [:])
  }

  /// Reads an address; nil for a kind that is not modelled.
  static func address(_ json: EnvoyObject?) throws -> Address? {
    if let socket = try json?.object("socketAddress") {
      let (text, port) = (try socket.text("address") ?? "", try socket.number("portValue") ?? 0)
      guard let address = IPAddress(text), let number = UInt16(exactly: port) else {
        return .name(text, port: port)
      }
      return .socket(Endpoint(address, Port(rawValue: number)))
    }
    if let inner = try json?.object("envoyInternalAddress") {
      return .listener(try inner.text("serverListenerName") ?? "", id: try inner.text("endpointId"))
    }
    return try json?.object("pipe")?.text("path").map { .pipe($0) }
  }
}

extension EnvoyHealth {
  /// Reads a `HealthStatus` by name.
  fileprivate init(name: String) { self = EnvoyHealth(rawValue: name.lowercased()) ?? .unknown }

  /// Reads a `HostHealthStatus`: a failed check takes precedence over the status of discovery.
  fileprivate init(reported json: EnvoyObject?) throws {
    let checks = [
      "failedActiveHealthCheck", "failedOutlierCheck", "excludedViaImmediateHcFail", "activeHcTimeout",
    ]
    if try checks.contains(where: { try json?.flag($0) == true }) {
      self = .unhealthy
    } else if try json?.flag("failedActiveDegradedCheck") == true {
      self = .degraded
    } else {
      self = try json?.text("edsHealthStatus").map(EnvoyHealth.init(name:)) ?? .unknown
    }
  }
}
