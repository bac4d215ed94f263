import Intercept
import KubernetesObjects
import MeshModel

/// The virtual hosts of one port of a sidecar. Of equal names and domains the first remains.
///
/// The corresponding Istio functions are `BuildSidecarVirtualHostWrapper` and `BuildSidecarOutboundVirtualHosts`.
struct VirtualHostBuilder {
  private(set) var virtualHosts: [EnvoyVirtualHost] = []
  private let mesh: Mesh
  private let namespace: String
  /// The visible hosts with the port, aliases included.
  private let hosts: [MeshHost]
  private let visible: Set<String>
  private let port: Port
  private var names: Set<String> = []
  private var domains: Set<String> = []
  /// Hosts whose routes are those of a VirtualService.
  private var routed: Set<String> = []

  init(_ mesh: Mesh, _ namespace: String, _ hosts: [MeshHost], _ port: Port) {
    self.mesh = mesh
    self.namespace = namespace
    self.hosts = hosts
    visible = Set(hosts.map(\.host))
    self.port = port
  }

  /// Adds the hosts of VirtualServices. On port 80 alone, Istio adds a VirtualService that has no visible host.
  mutating func add(_ services: [VirtualService], _ translation: HTTPRouteTranslation) {
    let byHost = mostSpecific(services)
    let destinations = RouteDestinations(
      mesh: mesh, hosts: Dictionary(hosts.map { ($0.host, $0) }) { first, _ in first })
    for service in services {
      let routes = translation.routes(service, port, destinations.cluster)
      guard !routes.isEmpty else { continue }
      let own = mesh.fullHosts(service)
      let named = hosts.filter { host in
        own.contains(host.host)
          || byHost[host.host] == service.object
            && own.contains { $0.hasPrefix("*") && HostPattern($0).overlaps(host.host) }
      }
      let matching = named.filter { allows(service, for: $0) }
      guard !matching.isEmpty || !service.followsGatewayAPI else { continue }
      let http = matching.filter(isHTTP)
      guard !http.isEmpty || port.rawValue == 80 else { continue }
      for name in own where !isVisible(name) { add(name.lowercased(), [name], [], routes) }
      for host in http { add(host, routes) }
      routed.formUnion(http.map(\.host))
    }
  }

  /// Adds the hosts without a VirtualService. An alias is a domain of its target.
  mutating func addOtherHosts() {
    for host in hosts
    where !routed.contains(host.host) && isHTTP(host) && mesh.aliasTarget(of: host.host) == nil {
      let route = EnvoyRequestRoute(
        name: "default", match: EnvoyRequestMatch(.prefix("/")),
        action: .cluster("outbound|\(port)||\(host.host)"), retries: true)
      add(host, [route])
    }
  }

  /// Returns true if a VirtualService may have the routes of a host: one made of HTTPRoutes only in the host's namespace
  /// and in that of the clients.
  private func allows(_ service: VirtualService, for host: MeshHost) -> Bool {
    let owner = service.object.namespace
    return !service.followsGatewayAPI || owner == host.object.namespace || owner == namespace
  }

  private func isHTTP(_ host: MeshHost) -> Bool {
    host.ports.contains { $0.number == port && ($0.portProtocol.isHTTP || $0.portProtocol == .unknown) }
  }

  /// Returns true if a visible host with the port has the name, or matches it.
  private func isVisible(_ name: String) -> Bool {
    name.hasPrefix("*")
      ? hosts.contains { HostPattern(name).overlaps($0.host) } : visible.contains(name)
  }

  /// Returns the VirtualService with the most specific name of each host, the first of several.
  private func mostSpecific(_ services: [VirtualService]) -> [String: ObjectName] {
    let patterns = services.flatMap { service in mesh.fullHosts(service).map { (service.object, $0) } }
    let index = HostPatternIndex(
      patterns.enumerated().map { (pattern: HostPattern($1.1), index: $0) })
    var found: [String: ObjectName] = [:]
    for host in hosts {
      var best = -1
      for (object, pattern) in index.indexes(matching: host.host).map({ patterns[$0] }) {
        let length = pattern == host.host ? Int.max : pattern.utf8.count
        if length > best { (best, found[host.host]) = (length, object) }
      }
    }
    return found
  }

  private mutating func add(_ host: MeshHost, _ routes: [EnvoyRequestRoute]) {
    let all = [host] + mesh.aliases(of: host)
    let names = all.map { mesh.names(of: $0, for: namespace) }
    let wildcards = host.isService && host.keepsDestination ? names.joined().map { "*." + $0 } : []
    let own = names.compactMap(\.first) + wildcards + host.addresses.exact.map(Self.domain)
    add(host.host, own, names.flatMap { $0.dropFirst() }, routes)
  }

  /// Adds a virtual host, without domains that another one has.
  ///
  /// - Parameter alternatives: shorter names, which give way to visible hosts of the same name.
  private mutating func add(
    _ name: String, _ own: [String], _ alternatives: [String], _ routes: [EnvoyRequestRoute]
  ) {
    guard names.insert(name).inserted else { return }
    let known = own + alternatives.filter { !visible.contains($0) }
    let free = known.filter { domains.insert($0.lowercased()).inserted }
    guard !free.isEmpty else { return }
    virtualHosts.append(EnvoyVirtualHost(name: "\(name):\(port)", domains: free, routes: routes))
  }

  private static func domain(_ address: IPAddress) -> String {
    address.family == .ipv4 ? "\(address)" : "[\(address)]"
  }
}

extension MeshHost.Addresses {
  /// The single addresses.
  fileprivate var exact: [IPAddress] {
    switch self {
    case .own(let addresses): addresses
    case .listed(let blocks): blocks.filter(\.isHost).map(\.network)
    case .endpoints, .none, .pending, .allocated: []
    }
  }
}
