import Intercept
import Manifests
import Testing

/// A connection to a port of the gateway's pod, and its listener and destination; `none` without a listener.
struct GatewayCase: Sendable, CustomTestStringConvertible {
  let name: String
  let objects: [String]
  let port: Int
  let client: ListenerCase.Client
  let expected: String

  init(
    _ name: String, _ objects: [String], _ port: Int, _ client: ListenerCase.Client, _ expected: String
  ) {
    (self.name, self.objects, self.port) = (name, objects, port)
    (self.client, self.expected) = (client, expected)
  }

  /// A connection whose bytes are not TLS and not HTTP.
  init(_ name: String, _ objects: [String], _ port: Int, _ expected: String) {
    self.init(name, objects, port, .tcp, expected)
  }

  var testDescription: String { "\(name): \(port) \(client)" }

  static let proxy = #"""
    {"kind": "Pod", "metadata": {"name": "gw", "namespace": "in", "labels": {"istio": "in"}}, "spec": {"containers":
    [{"name": "istio-proxy", "args": ["proxy", "router"]}]}, "status": {"podIP": "10.12.0.9"}}
    """#
  static let unprivileged = #"""
    {"kind": "Pod", "metadata": {"name": "gw", "namespace": "in", "labels": {"istio": "in"}}, "spec": {"containers":
    [{"name": "istio-proxy", "args": ["proxy", "router"], "env": [{"name": "ISTIO_META_UNPRIVILEGED_POD", "value":
    "true"}]}]}, "status": {"podIP": "10.12.0.9"}}
    """#

  /// Returns the listener and destination of the connection.
  func route() throws -> String {
    let pods = objects.first == Self.unprivileged ? [] : [Self.proxy]
    let target = service(
      "to", "10.96.0.1", ManifestsTests.port(7000) + ", " + ManifestsTests.port(80, "http"))
    let list = try ObjectList(jsonList(pods + [target] + objects))
    let options = try list.podOptions(named: "gw", in: MeshValues())
    let configuration = ProxyListeners(
      list, for: options, values: MeshValues(), release: IstioRelease(minor: 31), rules: Configuration()
    ).configuration
    let address = try #require(IPAddress("10.12.0.9"))
    let port = Intercept.Port(rawValue: UInt16(self.port))
    let end = Endpoint(address, port)
    let found = configuration.route(
      EnvoyConnection(port: port, original: end, local: end, firstBytes: client.firstBytes))
    return found.listener.map { "\($0) \(found.word)" } ?? "none"
  }
}
