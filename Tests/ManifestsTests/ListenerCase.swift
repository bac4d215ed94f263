import Intercept
import Manifests
import Testing

/// A connection of pod app/web, and the listener and cluster that Istio has for it.
struct ListenerCase: Sendable, CustomTestStringConvertible {
  /// The first bytes of a connection, and its request.
  enum Client: Sendable {
    case tcp
    /// Plain-text HTTP to a host.
    case http(String)
    /// TLS with a server name, and ALPN.
    case tls(String, alpn: [String] = [])

    var firstBytes: EnvoyFirstBytes {
      switch self {
      case .tcp: EnvoyFirstBytes()
      case .http: EnvoyFirstBytes(applicationProtocols: ["http/1.1"])
      case .tls(let name, let alpn): EnvoyFirstBytes(serverName: name, applicationProtocols: alpn)
      }
    }

    var request: HTTPRequest? {
      switch self {
      case .tcp, .tls: nil
      case .http(let host): HTTPRequest(host: host)
      }
    }
  }

  /// Pod app/web with the label app=web and the address 10.12.0.1.
  static let web = ManifestsTests.pod(
    labels: #"{"app": "web"}"#, status: #"{"podIPs": [{"ip": "10.12.0.1"}]}"#)

  let name: String
  let objects: [String]
  let to: String
  let client: Client
  /// `LISTENER CLUSTER`, `LISTENER closed`, or `LISTENER` and the status of a response.
  let expected: String
  let release: Int
  let values: String
  let pod: String
  let port: Intercept.Port

  init(
    _ name: String, _ objects: [String], _ to: String, _ client: Client, _ expected: String,
    release: Int = 31, values: String = "{}", pod: String = web, port: Intercept.Port = 15001
  ) {
    (self.name, self.objects, self.to, self.client) = (name, objects, to, client)
    (self.expected, self.release, self.values) = (expected, release, values)
    (self.pod, self.port) = (pod, port)
  }

  /// A connection whose bytes are not TLS and not HTTP.
  init(
    _ name: String, _ objects: [String], _ to: String, _ expected: String, release: Int = 31,
    values: String = "{}", port: Intercept.Port = 15001
  ) {
    self.init(name, objects, to, .tcp, expected, release: release, values: values, port: port)
  }

  var testDescription: String { "\(name): \(to)" }

  /// Returns the listener and cluster of the connection.
  func route() throws -> String {
    let list = try ObjectList(jsonList([pod] + objects))
    let mesh = try MeshValues(values)
    let options = try list.podOptions(named: "web", in: mesh)
    let listeners = ProxyListeners(
      list, for: options, values: mesh, release: IstioRelease(minor: release), rules: Configuration())
    let end = try #require(Endpoint(to))
    let connection = EnvoyConnection(
      port: port, original: end, firstBytes: client.firstBytes, request: client.request)
    let found = listeners.route(connection)
    return "\(found.listener ?? "none") \(found.cluster ?? found.word)"
  }
}
