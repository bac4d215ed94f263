/// Resources that listeners refer to by name.
public protocol EnvoyResources {
  /// A discovered route configuration; nil if it is not known.
  func routes(_ name: String) -> EnvoyRouteConfiguration?

  /// A cluster; nil if it is not known.
  func cluster(_ name: String) -> EnvoyCluster?

  /// Discovered endpoints by the name of the discovery (`ClusterLoadAssignment`); nil if they are not known.
  func assignment(_ service: String) -> [EnvoyEndpoint]?

  /// Endpoints that Envoy reports for a cluster (`/clusters`), with their health; nil if they are not known.
  func reportedEndpoints(_ cluster: String) -> [EnvoyEndpoint]?

  /// True if all clusters are known, so that an unknown one does not exist.
  var hasClusters: Bool { get }
}

/// Resources by their names.
public struct EnvoyResourceTable: EnvoyResources, Hashable, Sendable {
  public var routes: [String: EnvoyRouteConfiguration] = [:]
  public var clusters: [String: EnvoyCluster] = [:]
  public var assignments: [String: [EnvoyEndpoint]] = [:]
  public var reportedEndpoints: [String: [EnvoyEndpoint]] = [:]

  public init() {}

  public var hasClusters: Bool { !clusters.isEmpty }

  public func routes(_ name: String) -> EnvoyRouteConfiguration? { routes[name] }

  public func cluster(_ name: String) -> EnvoyCluster? { clusters[name] }

  public func assignment(_ service: String) -> [EnvoyEndpoint]? { assignments[service] }

  public func reportedEndpoints(_ cluster: String) -> [EnvoyEndpoint]? { reportedEndpoints[cluster] }
}
