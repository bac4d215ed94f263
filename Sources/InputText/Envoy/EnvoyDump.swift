package import Intercept
import Manifests
import TextOutput

/// The resources of one text, in any of the forms in which Envoy, istioctl and control planes print them.
///
/// Resources are recognised by their type or their members. Around them may be a config dump, static resources, a
/// discovery response, lists, and objects whose members are resources. Only listeners are read at once; a dump may
/// contain many thousands of the others; a connection needs a few of them.
package struct EnvoyDump {
  package private(set) var listeners: [EnvoyListener] = []
  /// Reports a malformed resource.
  package var warn: @Sendable (String) -> Void = { _ in }
  /// The names and addresses of the listeners.
  private var seen: Set<EnvoyListener.Identity> = []
  private var others: [EnvoyResourceKind: [String: EnvoyObject]] = [:]
  /// Names that several route configurations have.
  private var repeated: Set<String> = []

  /// Reads the resources of a text, JSON or YAML.
  ///
  /// - Throws: `ManifestError`, `FieldProblem` or ``MalformedEnvoy``.
  package init(text: String) throws {
    for object in JSONObject.each(in: try DocumentReader.only(text), as: "an object") {
      try add(EnvoyObject(object.get()), depth: 0)
    }
  }

  /// Members that contain resources; of a resource's states only the active one counts.
  private static let wrappers = EnvoyObject.Ranks([
    "configs", "resources", "resource", "bootstrap", "staticResources", "staticListeners", "dynamicListeners",
    "dynamicActiveListeners", "activeState", "listener", "listeners", "staticRouteConfigs",
    "dynamicRouteConfigs", "routeConfig", "routes", "staticClusters", "dynamicActiveClusters", "cluster",
    "clusters", "clusterStatuses", "staticEndpointConfigs", "dynamicEndpointConfigs", "endpointConfig",
    "endpoints",
  ])

  /// Greatest number of nested wrappers.
  private static let deepest = 8

  private mutating func add(_ object: EnvoyObject, depth: Int) throws {
    if let kind = EnvoyResourceKind(object) { return try add(object, kind) }
    guard depth < Self.deepest else { return }
    let wrappers = object.names(in: Self.wrappers)
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
      if let listener = try EnvoyListener(object), seen.insert(listener.identity).inserted {
        listeners.append(listener)
      }
    case .routes:
      let name = try object.text("name") ?? ""
      if others[kind, default: [:]].updateValue(object, forKey: name) != nil { repeated.insert(name) }
    case .cluster, .status: others[kind, default: [:]][try object.text("name") ?? ""] = object
    case .assignment: others[kind, default: [:]][try object.text("clusterName") ?? ""] = object
    }
  }
}

extension EnvoyDump {
  /// Adds the resources of another text; its listeners replace those of the same name and addresses.
  package mutating func add(_ other: EnvoyDump) {
    listeners.removeAll { other.seen.contains($0.identity) }
    listeners += other.listeners
    seen.formUnion(other.seen)
    repeated.formUnion(other.repeated)
    for (kind, objects) in other.others { others[kind, default: [:]].merge(objects) { $1 } }
  }
}

extension EnvoyDump: EnvoyResources {
  package var hasClusters: Bool { others[.cluster] != nil }

  package func routes(_ name: String) -> EnvoyRouteConfiguration? {
    if repeated.contains(name) {
      warn("several route configurations are named \(name.quotedForMessage); the last one counts")
    }
    return read(.routes, name, EnvoyRouteConfiguration.init)
  }

  package func cluster(_ name: String) -> EnvoyCluster? { read(.cluster, name, EnvoyCluster.init) }

  package func assignment(_ service: String) -> [EnvoyEndpoint]? {
    read(.assignment, service, EnvoyEndpoint.assigned)
  }

  package func reportedEndpoints(_ cluster: String) -> [EnvoyEndpoint]? {
    read(.status, cluster, EnvoyEndpoint.reported)
  }

  /// Reads a resource; nil, with a warning, if it is malformed.
  private func read<Value>(
    _ kind: EnvoyResourceKind, _ name: String, _ read: (EnvoyObject) throws -> Value
  ) -> Value? {
    guard let object = others[kind]?[name] else { return nil }
    do {
      return try read(object)
    } catch {
      warn("cannot read Envoy's \(kind.rawValue) \(name.quotedForMessage): \(error.inputReason)")
      return nil
    }
  }
}

extension EnvoyListener {
  /// The name and addresses, which versions of one listener have in common.
  fileprivate struct Identity: Hashable {
    let name: String
    let addresses: [Endpoint]
  }

  fileprivate var identity: Identity { Identity(name: name, addresses: addresses) }
}

/// The kinds of resources that are read.
private enum EnvoyResourceKind: String {
  case listener
  case routes = "route configuration"
  case cluster
  /// `ClusterLoadAssignment`.
  case assignment = "load assignment"
  /// `ClusterStatus`, as `/clusters?format=json` and `istioctl proxy-config endpoints` print it.
  case status = "cluster status"

  /// Last part of the name of the corresponding message.
  private static let types: [String: EnvoyResourceKind] = [
    "Listener": .listener, "RouteConfiguration": .routes, "Cluster": .cluster,
    "ClusterLoadAssignment": .assignment, "ClusterStatus": .status,
  ]

  /// Members that only one kind has, except for those that an earlier one identifies.
  private static let members: [(name: String, kind: EnvoyResourceKind)] = [
    ("hostStatuses", .status), ("virtualHosts", .routes), ("clusterName", .assignment),
    ("filterChains", .listener), ("defaultFilterChain", .listener), ("address", .listener),
    ("internalListener", .listener), ("connectTimeout", .cluster), ("edsClusterConfig", .cluster),
    ("loadAssignment", .cluster), ("lbPolicy", .cluster), ("clusterType", .cluster),
    ("transportSocket", .cluster),
  ]

  private static let ranks = EnvoyObject.Ranks(members.map(\.name))

  /// Recognises a resource by its type, else by its members.
  init?(_ object: EnvoyObject) {
    if let type = object.type {
      guard let kind = Self.types[type] else { return nil }
      self = kind
      return
    }
    let name = object.names(in: Self.ranks).first
    guard let kind = Self.members.first(where: { $0.name == name })?.kind else { return nil }
    self = kind
  }
}
