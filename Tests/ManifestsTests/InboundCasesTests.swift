import Intercept
import Manifests
import Testing

/// Inbound connections by the protocol of the port, PeerAuthentication and the first bytes, as in Istio's `TestInbound`.
struct InboundCasesTests {
  /// The beginning of a connection.
  enum Client: String {
    case tcp, http, http2, tls, https
    case meshTCP, meshHTTP

    var firstBytes: EnvoyFirstBytes {
      switch self {
      case .tcp: EnvoyFirstBytes()
      case .http: EnvoyFirstBytes(applicationProtocols: ["http/1.1"])
      case .http2: EnvoyFirstBytes(applicationProtocols: ["h2c"])
      case .tls: EnvoyFirstBytes(isTLS: true)
      case .https: EnvoyFirstBytes(isTLS: true, applicationProtocols: ["http/1.1"])
      case .meshTCP: EnvoyFirstBytes(isTLS: true, applicationProtocols: ["istio"])
      case .meshHTTP: EnvoyFirstBytes(isTLS: true, applicationProtocols: ["istio-http/1.1"])
      }
    }
  }

  /// A connection and its clusters by mode; nil for a connection that is closed.
  struct Case {
    let name: String
    let port: Intercept.Port
    let client: Client
    let disabled: String?
    let permissive: String?
    let strict: String?

    init(
      _ name: String, _ port: Intercept.Port, _ client: Client, _ disabled: String?, _ permissive: String?,
      _ strict: String?
    ) {
      (self.name, self.port, self.client) = (name, port, client)
      (self.disabled, self.permissive, self.strict) = (disabled, permissive, strict)
    }
  }

  private static let unknown = "InboundPassthroughCluster"

  /// Istio's cases by its names. Left out: "tcp to http", because bytes that are not HTTP are rejected after the choice
  /// of the filter chain, which a trace does not follow.
  static let cases = [
    Case("tcp", 70, .tcp, "inbound|70||", "inbound|70||", nil),
    Case("http to tcp", 70, .http, "inbound|70||", "inbound|70||", nil),
    Case("tls to tcp", 70, .tls, "inbound|70||", "inbound|70||", nil),
    Case("https to tcp", 70, .https, "inbound|70||", "inbound|70||", nil),
    Case("mtls tcp to tcp", 70, .meshTCP, "inbound|70||", "inbound|70||", "inbound|70||"),
    Case("mtls http to tcp", 70, .meshHTTP, "inbound|70||", "inbound|70||", "inbound|70||"),
    Case("http", 80, .http, "inbound|80||", "inbound|80||", nil),
    Case("tls to http", 80, .tls, nil, nil, nil),
    Case("https to http", 80, .https, nil, nil, nil),
    Case("mtls to http", 80, .meshHTTP, nil, "inbound|80||", "inbound|80||"),
    Case("auto port http", 81, .http, "inbound|81||", "inbound|81||", nil),
    Case("auto port http2", 81, .http2, "inbound|81||", "inbound|81||", nil),
    Case("auto port tcp", 81, .tcp, "inbound|81||", "inbound|81||", nil),
    Case("tls to auto port", 81, .tls, "inbound|81||", "inbound|81||", nil),
    Case("https to auto port", 81, .https, "inbound|81||", "inbound|81||", nil),
    Case("mtls tcp to auto port", 81, .meshTCP, "inbound|81||", "inbound|81||", "inbound|81||"),
    Case("mtls http to auto port", 81, .meshHTTP, "inbound|81||", "inbound|81||", "inbound|81||"),
    Case("passthrough http", 82, .http, unknown, unknown, nil),
    Case("passthrough tcp", 82, .tcp, unknown, unknown, nil),
    Case("passthrough tls", 82, .tls, unknown, unknown, nil),
    Case("passthrough https", 82, .https, unknown, unknown, nil),
    Case("passthrough mtls", 82, .meshHTTP, unknown, unknown, unknown),
  ]

  private static let entry = #"""
    {"kind": "ServiceEntry", "metadata": {"name": "se", "namespace": "other"}, "spec": {"hosts": ["foo.bar"], "endpoints":
    [{"address": "1.1.1.1"}], "location": "MESH_INTERNAL", "resolution": "STATIC", "ports": [{"name": "tcp", "number": 70,
    "protocol": "TCP"}, {"name": "http", "number": 80, "protocol": "HTTP"}, {"name": "auto", "number": 81}]}}
    """#

  private func policy(_ mode: String, namespace: String = "istio-system", _ more: String = "") -> String {
    #"""
    {"kind": "PeerAuthentication", "metadata": {"name": "default", "namespace": "\#(namespace)"}, "spec": {"mtls": {"mode":
    "\#(mode)"}\#(more)}}
    """#
  }

  /// Returns the route of an inbound connection to the pod 1.1.1.1.
  private func route(_ objects: [String], _ port: Intercept.Port, _ client: Client) throws -> EnvoyRoute {
    let web = pod(labels: #"{"app": "web"}"#, status: #"{"podIP": "1.1.1.1"}"#)
    let list = try ObjectList(jsonList([web, Self.entry] + objects))
    let options = try list.podOptions(named: "web", in: MeshValues())
    let listeners = ProxyListeners(
      list, for: options, values: MeshValues(), release: IstioRelease(minor: 30), rules: Configuration())
    let end = try #require(Endpoint("1.1.1.1:\(port)"))
    return listeners.configuration.route(
      EnvoyConnection(port: 15006, original: end, firstBytes: client.firstBytes))
  }

  @Test(arguments: cases) func withoutMutualTLS(_ sample: Case) throws {
    #expect(try route([policy("DISABLE")], sample.port, sample.client).cluster == sample.disabled)
  }

  @Test(arguments: cases) func withPermissiveMode(_ sample: Case) throws {
    #expect(try route([policy("PERMISSIVE")], sample.port, sample.client).cluster == sample.permissive)
    #expect(try route([], sample.port, sample.client).cluster == sample.permissive)
  }

  @Test(arguments: cases) func withStrictMode(_ sample: Case) throws {
    let route = try route([policy("STRICT")], sample.port, sample.client)
    #expect(route.cluster == sample.strict && route.isFailure == (sample.strict == nil))
  }

  // MARK: - Scopes of PeerAuthentication

  private func isOpen(_ policies: String..., port: Intercept.Port = 70) throws -> Bool {
    try route(policies, port, .tcp).cluster != nil
  }

  @Test func theNarrowestPolicyApplies() throws {
    let mesh = policy("STRICT")
    #expect(try !isOpen(mesh))
    #expect(try isOpen(mesh, policy("PERMISSIVE", namespace: "app")))
    #expect(try !isOpen(mesh, policy("UNSET", namespace: "app")))
    #expect(try !isOpen(mesh, policy("PERMISSIVE", namespace: "other")))
    let selecting = #", "selector": {"matchLabels": {"app": "web"}}"#
    let workload = policy("DISABLE", namespace: "app", selecting)
    #expect(try isOpen(mesh, workload))
    #expect(
      try !isOpen(mesh, policy("DISABLE", namespace: "app", #", "selector": {"matchLabels": {"app": "x"}}"#)))
    // A selector in the root namespace selects nothing.
    #expect(try isOpen(policy("STRICT", selecting)))
  }

  @Test func portsHaveModesOfTheirOwn() throws {
    let workload = policy(
      "STRICT", namespace: "app",
      #", "selector": {"matchLabels": {"app": "web"}}, "portLevelMtls": {"70": {"mode": "DISABLE"}, "90": {"mode": "PERMISSIVE"}}"#
    )
    #expect(try isOpen(workload, port: 70))
    #expect(try !isOpen(workload, port: 81))
    // A port without a Service.
    #expect(try isOpen(workload, port: 90))
    #expect(try !isOpen(workload, port: 91))
    // Ports need a selector.
    #expect(
      try !isOpen(policy("STRICT", namespace: "app", #", "portLevelMtls": {"70": {"mode": "DISABLE"}}"#)))
  }

  @Test func theOldestOfEqualPoliciesApplies() throws {
    func aged(_ mode: String, _ name: String, _ created: String) -> String {
      #"""
      {"kind": "PeerAuthentication", "metadata": {"name": "\#(name)", "namespace": "app", "creationTimestamp":
      "\#(created)"}, "spec": {"mtls": {"mode": "\#(mode)"}}}
      """#
    }
    #expect(try isOpen(aged("STRICT", "a", "2"), aged("DISABLE", "b", "1")))
    #expect(try !isOpen(aged("STRICT", "a", "1"), aged("DISABLE", "b", "2")))
  }
}
