import Intercept
import Manifests
import Testing

/// Connections to unknown destinations on the ports of a ServiceEntry, by protocol and policy, as in Istio's
/// `TestPassthroughTraffic`.
struct PassthroughCasesTests {
  private static let http: Set<Int> = [80, 85, 86]

  private static func entry(_ addresses: String) -> String {
    #"""
    {"kind": "ServiceEntry", "metadata": {"name": "se", "namespace": "app"}, "spec": {"hosts": ["istio.io"], "resolution":
    "DNS"\#(addresses), "ports": [{"name": "http", "number": 80, "protocol": "HTTP"}, {"name": "auto", "number": 81},
    {"name": "tcp", "number": 82, "protocol": "TCP"}, {"name": "tls", "number": 83, "protocol": "TLS"}, {"name": "https",
    "number": 84, "protocol": "HTTPS"}, {"name": "grpc", "number": 85, "protocol": "GRPC"}, {"name": "h2", "number": 86,
    "protocol": "HTTP2"}]}}
    """#
  }

  private static let clients: [(String, ListenerCase.Client, isHTTP: Bool)] = [
    ("http", .http("foo"), true), ("tcp", .tcp, false), ("tls", .tls("foo"), false),
    ("tls with http/1.1", .tls("foo", alpn: ["http/1.1"]), false),
    ("tls with h2", .tls("foo", alpn: ["h2"]), false),
  ]

  private static let policies = [
    ("REGISTRY_ONLY", "BlackHoleCluster", "response:502"),
    ("ALLOW_ANY", "PassthroughCluster", "PassthroughCluster"),
    ("ALLOW_ANY_DYNAMIC_DNS", "PassthroughCluster", "AllowAnyDynamicDNSCluster"),
  ]

  private static func values(_ policy: String) -> String {
    #"{"meshConfig": {"outboundTrafficPolicy": {"mode": "\#(policy)"}}}"#
  }

  /// The ServiceEntry has another address: only HTTP ports have a listener on the wildcard address.
  static let withAddress = policies.flatMap { policy, unknown, response in
    clients.flatMap { name, client, isHTTP in
      (80...86).map { port in
        let isOnWildcard = http.contains(port)
        let listener = isOnWildcard ? "0.0.0.0_\(port)" : "virtualOutbound"
        let isResolved = policy == "ALLOW_ANY_DYNAMIC_DNS"
        let found = isHTTP && (isOnWildcard || isResolved) ? response : unknown
        return ListenerCase(
          "\(policy), \(name)", [entry(#", "addresses": ["1.2.3.4"]"#)], "9.9.9.9:\(port)", client,
          "\(listener) \(found)", values: values(policy))
      }
    }
  }

  /// The ServiceEntry has no address: TCP ports take every connection, and TLS ports those with the host's name.
  static let withoutAddress = policies.flatMap { policy, unknown, response in
    clients.flatMap { name, client, isHTTP in
      (80...86).map { port in
        let isRouted = isHTTP && (http.contains(port) || port == 81)
        let takesAll = port == 82 || port == 81 && !isHTTP
        let found = takesAll ? "outbound|\(port)||istio.io" : isRouted ? response : unknown
        return ListenerCase(
          "\(policy), \(name)", [entry("")], "9.9.9.9:\(port)", client, "0.0.0.0_\(port) \(found)",
          values: values(policy))
      }
    }
  }

  @Test(arguments: withAddress) func unknownAddress(_ sample: ListenerCase) throws {
    #expect(try sample.route() == sample.expected)
  }

  @Test(arguments: withoutAddress) func hostWithoutAddress(_ sample: ListenerCase) throws {
    #expect(try sample.route() == sample.expected)
  }

  /// Connections to the ports of the proxy itself, as in Istio's `TestLoop`.
  @Test(arguments: [15001, 15006]) func loops(_ port: Int) throws {
    let number = Intercept.Port(rawValue: UInt16(port))
    let sample = ListenerCase("loop", [], "10.12.0.1:\(port)", "virtual", port: number)
    #expect(try sample.route().hasSuffix(" BlackHoleCluster"))
  }
}
