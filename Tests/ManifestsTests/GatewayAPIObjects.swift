import Intercept
import Manifests
import Testing

/// Objects of the Gateway API as JSON, in namespace `app` unless another is given.

/// Returns a listener of a Gateway.
func kubernetesListener(
  _ name: String, _ port: Int, _ protocolName: String = "HTTP", _ more: String = ""
) -> String {
  #"{"name": "\#(name)", "port": \#(port), "protocol": "\#(protocolName)"\#(more)}"#
}

/// Returns the Gateway `gw`, of class `istio` unless another specification is given.
func kubernetesGateway(_ listeners: String..., spec: String = #""gatewayClassName": "istio""#) -> String {
  #"""
  {"kind": "Gateway", "apiVersion": "gateway.networking.k8s.io/v1", "metadata": {"name": "gw", "namespace": "app"},
  "spec": {\#(spec), "listeners": [\#(listeners.joined(separator: ", "))]}}
  """#
}

/// Returns a route of any kind.
func kubernetesRoute(
  _ kind: String, _ rules: String, parent: String = #"{"name": "gw", "namespace": "app"}"#,
  hosts: String = "[]", name: String = "r", namespace: String = "app"
) -> String {
  #"""
  {"kind": "\#(kind)", "apiVersion": "gateway.networking.k8s.io/v1", "metadata": {"name": "\#(name)", "namespace":
  "\#(namespace)"}, "spec": {"parentRefs": [\#(parent)], "hostnames": \#(hosts), "rules": [\#(rules)]}}
  """#
}

/// Returns a rule of a route with one destination.
func rule(to name: String, _ port: Int, _ match: String = "", more: String = "") -> String {
  let match = match.isEmpty ? "" : #""matches": [{\#(match)}], "#
  return #"{\#(match)"backendRefs": [{"name": "\#(name)", "port": \#(port)\#(more)}]}"#
}

/// A mesh of Services `shop` (HTTP, port 80), `new` (HTTP, 9000), `db` (TCP, 5701) and `sec` (TLS, 443), and the proxy of
/// the Gateway `gw`.
struct GatewayAPIMesh {
  static let services = [
    service("shop", "10.96.0.30", port(80, "http")), service("new", "10.96.0.31", port(9000, "http")),
    service("far", "10.96.0.32", port(80, "http"), namespace: "other"),
    service("db", "10.96.0.20", port(5701)), service("sec", "10.96.0.21", port(443, "tls")),
  ]

  static let gateway = #"""
    {"kind": "Pod", "metadata": {"name": "gw", "namespace": "app", "labels": {"gateway.networking.k8s.io/gateway-name":
    "gw"}}, "spec": {"containers": [{"name": "istio-proxy", "args": ["proxy", "router"]}]}, "status": {"podIP":
    "10.12.0.9"}}
    """#
  private static let address = "10.12.0.9"

  let objects: [String]
  var release = 31
  /// True with `PILOT_ENABLE_ALPHA_GATEWAY_API`.
  var readsAlphaAPIs = false

  private func listeners(_ pod: String, named name: String) throws -> ProxyListeners {
    let list = try ObjectList(jsonList([pod] + Self.services + objects))
    let values = try MeshValues(
      readsAlphaAPIs ? #"{"pilot": {"env": {"PILOT_ENABLE_ALPHA_GATEWAY_API": "true"}}}"# : "{}")
    return ProxyListeners(
      list, for: try list.podOptions(named: name, in: values), values: values,
      release: IstioRelease(minor: release), rules: Configuration())
  }

  func warnings() throws -> [String] { try listeners(Self.gateway, named: "gw").warnings }

  /// Returns the answer of the gateway to a connection; `none` without a listener.
  func gatewayAnswer(_ port: Intercept.Port, _ client: ListenerCase.Client, path: String = "/") throws
    -> String
  {
    let end = Endpoint(try #require(IPAddress(Self.address)), port)
    let found = try listeners(Self.gateway, named: "gw").route(
      EnvoyConnection(
        port: port, original: end, local: end, firstBytes: client.firstBytes,
        request: client.request.map { HTTPRequest(host: $0.host, path: path) }))
    return found.listener == nil ? "none" : found.answer
  }

  /// Returns the answer of the sidecar of pod app/web to a connection.
  func sidecarAnswer(_ to: String, _ client: ListenerCase.Client, path: String = "/") throws -> String {
    try listeners(ListenerCase.web, named: "web").route(
      EnvoyConnection(
        port: 15001, original: try #require(Endpoint(to)), firstBytes: client.firstBytes,
        request: client.request.map { HTTPRequest(host: $0.host, path: path) })
    ).answer
  }
}
