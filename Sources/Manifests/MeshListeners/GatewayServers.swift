import Intercept
import KubernetesObjects
import ManifestText
import MeshModel
import SidecarInjection

/// The servers of the Gateways that select a pod, by the address of their listener, as far as they can share it.
///
/// The corresponding Istio function is `mergeGateways`.
struct GatewayServers {
  /// A server and its Gateway.
  struct Server {
    let gateway: Gateway
    let server: GatewayServer

    /// True for plain-text HTTP, with a redirect to HTTPS or without one.
    var isPlainHTTP: Bool { PortProtocol(word: server.protocolName).isHTTP }
    /// True without TLS of the connection itself.
    var isPlainText: Bool { server.tlsMode == nil || isPlainHTTP }
    /// True for HTTPS that the gateway terminates.
    var isHTTPS: Bool {
      server.protocolName.uppercased() == "HTTPS" && server.tlsMode != nil && !forwardsTLS
    }
    /// True if the gateway forwards TLS as it is.
    var forwardsTLS: Bool { server.tlsMode?.hasSuffix("PASSTHROUGH") == true }
    /// The hosts, as `namespace/host` or a host alone for every namespace.
    var hosts: [String] {
      let owner = gateway.object.namespace
      return server.hosts.map { host in
        host.hasPrefix("./")
          ? owner + host.dropFirst() : host.hasPrefix("*/") ? String(host.dropFirst(2)) : host
      }
    }
    /// The server names; empty for every name.
    var names: [String] {
      let names = server.hosts.map { String($0.split(separator: "/").last ?? "") }
      return names.contains("*") ? [] : names
    }
    /// The Gateway, as VirtualServices name it.
    var reference: GatewayReference { .gateway(gateway.object.path) }

    /// Returns the name of the route configuration of HTTP; nil for other protocols.
    ///
    /// The corresponding Istio function is `gatewayRDSRouteName`.
    func routes(_ key: Key) -> String? {
      let bind = key.bind.isEmpty ? "" : ".\(key.bind)"
      if isPlainHTTP { return "http.\(key.port)\(bind)" }
      let object = gateway.object
      return isHTTPS
        ? "https.\(server.number).\(server.portName).\(object.name).\(object.namespace)\(bind)" : nil
    }

    /// Returns the hosts that a VirtualService routes at this server: hosts of both, of which the narrower pattern counts;
    /// empty if the VirtualService does not name the Gateway.
    func hosts(boundTo service: VirtualService, in mesh: Mesh) -> [String] {
      guard service.gateways.contains(reference) else { return [] }
      let names = mesh.fullHosts(service)
      var found: [String] = []
      for host in hosts {
        let parts = host.split(separator: "/", maxSplits: 1).map(String.init)
        guard let own = parts.last, parts.count == 1 || parts[0] == service.object.namespace else { continue }
        found += names.compactMap { HostPattern(own).intersection($0) }
      }
      return found.distinct
    }
  }

  /// The address of a listener.
  struct Key: Hashable {
    let port: Port
    let bind: String
  }

  /// The listeners' addresses, in the order of their first servers.
  private(set) var keys: [Key] = []
  private var servers: [Key: [Server]] = [:]
  /// The hosts of servers with TLS.
  private var names: [Key: Set<String>] = [:]
  private(set) var warnings: [String] = []

  /// - Returns: nil if no Gateway selects the pod.
  init?(_ mesh: Mesh, _ pod: PodOptions) {
    let gateways = mesh.gateways.filter { mesh.selects($0, pod) }.sorted {
      ($0.creationTime, $0.object.name, $0.object.namespace)
        < ($1.creationTime, $1.object.name, $1.object.namespace)
    }
    guard !gateways.isEmpty else { return nil }
    for gateway in gateways {
      for server in gateway.servers {
        for port in mesh.ports(of: server, gateway, pod) {
          let key = Key(port: port, bind: server.bind)
          if pod.isUnprivileged, port.isPrivileged {
            warn("\(gateway.object): the unprivileged pod cannot bind to port \(port)")
          } else {
            add(Server(gateway: gateway, server: server), to: key)
          }
        }
      }
    }
  }

  subscript(key: Key) -> [Server] { servers[key] ?? [] }

  /// Returns the servers whose HTTP has a route configuration.
  func servers(withRoutes name: String) -> [Server] {
    keys.flatMap { key in self[key].filter { $0.routes(key) == name } }
  }

  /// Adds a server, if it can share the listener: plain-text HTTP with plain-text HTTP, TLS with TLS of other hosts, and
  /// plain text after TLS.
  private mutating func add(_ added: Server, to key: Key) {
    let present = self[key]
    let port = added.server.number
    if added.server.tlsMode != nil {
      let hosts = Set(added.hosts)
      let known = names[key, default: []].intersection(hosts).sorted()
      guard known.isEmpty else {
        return warn("\(added.gateway.object): port \(port) has hosts of another server: \(known.sentence)")
      }
      names[key, default: []].formUnion(hosts)
    }
    if let plain = present.first(where: \.isPlainText), !(plain.isPlainHTTP && added.isPlainHTTP) {
      return warn(
        "\(added.gateway.object): port \(port) conflicts with \(plain.gateway.object), which has it")
    }
    if present.isEmpty { keys.append(key) }
    servers[key, default: []].append(added)
  }

  private mutating func warn(_ text: String) { warnings.append(text.onOneLine) }
}
