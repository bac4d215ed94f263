import Intercept

/// The resources of one text, in any of the forms in which Envoy, istioctl and control planes print them.
///
/// Resources are recognised by their type or their members. Around them may be a config dump, static resources, a
/// discovery response, lists, and objects whose members are resources.
struct EnvoyDump: Decodable {
  private(set) var listeners: [EnvoyListener] = []
  private(set) var routes: [String: EnvoyRouteConfiguration] = [:]
  private(set) var clusters: [String: EnvoyCluster] = [:]
  private(set) var assignments: [String: [EnvoyEndpoint]] = [:]
  private(set) var endpoints: [String: [EnvoyEndpoint]] = [:]

  init(from decoder: any Decoder) throws {
    if let object = try? EnvoyObject(from: decoder) {
      try add(object, depth: 0)
    } else {
      for object in try [EnvoyObject](from: decoder) { try add(object, depth: 0) }
    }
  }

  /// Members that contain resources; of a resource's states only the active one counts.
  private static let wrappers = [
    "configs", "resources", "resource", "bootstrap", "staticResources", "staticListeners", "dynamicListeners",
    "dynamicActiveListeners", "activeState", "listener", "listeners", "staticRouteConfigs",
    "dynamicRouteConfigs", "routeConfig", "routes", "staticClusters", "dynamicActiveClusters", "cluster",
    "clusters", "clusterStatuses", "staticEndpointConfigs", "dynamicEndpointConfigs", "endpointConfig",
    "endpoints",
  ]

  /// Greatest number of nested wrappers.
  private static let deepest = 8

  private mutating func add(_ object: EnvoyObject, depth: Int) throws {
    if let kind = EnvoyResourceKind(object) { return try add(object, kind) }
    guard depth < Self.deepest else { return }
    let wrappers = Self.wrappers.filter(object.has)
    for name in wrappers {
      for part in try Self.parts(object, name) { try add(part, depth: depth + 1) }
    }
    // The members of a named type are no resources; those of a plain object may be, by their names.
    guard wrappers.isEmpty, object.type == nil, depth < 2 else { return }
    for part in object.parts { try add(part.object, depth: depth + 1) }
  }

  /// The objects of a member: a list, or one object.
  private static func parts(_ object: EnvoyObject, _ name: String) throws -> [EnvoyObject] {
    if let part = try? object.object(name) { return [part] }
    return try object.objects(name)
  }

  private mutating func add(_ object: EnvoyObject, _ kind: EnvoyResourceKind) throws {
    switch kind {
    case .listener:
      if let listener = try EnvoyListener(object), !listeners.contains(where: { $0.isSame(as: listener) }) {
        listeners.append(listener)
      }
    case .routes:
      let configuration = try EnvoyRouteConfiguration(object)
      routes[configuration.name] = configuration
    case .cluster:
      let cluster = try EnvoyCluster(object)
      clusters[cluster.name] = cluster
    case .assignment:
      assignments[try object.text("clusterName") ?? ""] = try EnvoyEndpoint.assigned(object)
    case .status:
      endpoints[try object.text("name") ?? ""] = try EnvoyEndpoint.reported(object)
    }
  }
}

extension EnvoyDump {
  /// Adds the resources of another text; its listeners replace those of the same name and addresses.
  mutating func add(_ other: EnvoyDump) {
    listeners.removeAll { listener in other.listeners.contains { $0.isSame(as: listener) } }
    listeners += other.listeners
    routes.merge(other.routes) { $1 }
    clusters.merge(other.clusters) { $1 }
    assignments.merge(other.assignments) { $1 }
    endpoints.merge(other.endpoints) { $1 }
  }
}

extension EnvoyListener {
  /// True if both are versions of one listener.
  fileprivate func isSame(as other: EnvoyListener) -> Bool {
    name == other.name && addresses == other.addresses
  }
}

/// The kinds of resources that are read.
private enum EnvoyResourceKind {
  case listener, routes, cluster
  /// `ClusterLoadAssignment`.
  case assignment
  /// `ClusterStatus`, as `/clusters?format=json` and `istioctl proxy-config endpoints` print it.
  case status

  /// Recognises a resource by its type, else by members that no other resource has.
  init?(_ object: EnvoyObject) {
    let kinds: [(type: String, EnvoyResourceKind, members: [String])] = [
      ("ClusterStatus", .status, ["hostStatuses"]),
      ("RouteConfiguration", .routes, ["virtualHosts"]),
      ("ClusterLoadAssignment", .assignment, ["clusterName"]),
      ("Listener", .listener, ["filterChains", "defaultFilterChain", "address", "internalListener"]),
      (
        "Cluster", .cluster,
        [
          "connectTimeout", "edsClusterConfig", "loadAssignment", "lbPolicy", "clusterType",
          "transportSocket",
        ]
      ),
    ]
    let type = object.type
    let kind = kinds.first { kind in type.map { $0 == kind.type } ?? kind.members.contains(where: object.has)
    }
    guard let kind else { return nil }
    self = kind.1
  }
}
