import Intercept
import Manifests
import Testing

/// Ingresses of Istio's class, at the ingress gateway.
struct IngressTests {
  private static let proxy = #"""
    {"kind": "Pod", "metadata": {"name": "gw", "namespace": "istio-system", "labels": {"istio": "ingressgateway"}}, "spec":
    {"containers": [{"name": "istio-proxy", "args": ["proxy", "router"]}]}, "status": {"podIP": "10.12.0.9"}}
    """#
  private static let istio = #""kubernetes.io/ingress.class": "istio""#
  private static let alpha = path("/alpha", to: "alpha")

  private static func path(_ path: String, _ type: String = "Prefix", to name: String) -> String {
    #"""
    {"path": "\#(path)", "pathType": "\#(type)", "backend": {"service": {"name": "\#(name)", "port": {"number": 80}}}}
    """#
  }

  private static func ingress(
    _ paths: String..., name: String = "i", annotation: String = istio, spec: String = "",
    host: String = "a.example"
  ) -> String {
    #"""
    {"kind": "Ingress", "apiVersion": "networking.k8s.io/v1", "metadata": {"name": "\#(name)", "namespace": "app",
    "annotations": {\#(annotation)}}, "spec": {\#(spec)"rules": [{"host": "\#(host)", "http": {"paths":
    [\#(paths.joined(separator: ", "))]}}]}}
    """#
  }

  private func answer(
    _ objects: [String], _ path: String, values: String = "{}", port: Intercept.Port = 80,
    client: ListenerCase.Client = .http("a.example")
  ) throws -> String {
    let list = try ObjectList(jsonList([Self.proxy] + objects))
    let mesh = try MeshValues(values)
    let options = try list.podOptions(named: "gw", in: mesh)
    let listeners = ProxyListeners(
      list, for: options, values: mesh, release: IstioRelease(minor: 31), rules: Configuration())
    let end = Endpoint(try #require(IPAddress("10.12.0.9")), port)
    let found = listeners.route(
      EnvoyConnection(
        port: port, original: end, local: end, firstBytes: client.firstBytes,
        request: HTTPRequest(host: "a.example", path: path)))
    guard found.listener != nil else { return "none" }
    return found.cluster.map { String($0.split(separator: "|").last?.prefix { $0 != "." } ?? "") }
      ?? found.answer
  }

  /// A path of an Ingress, its type, a request, and whether it matches.
  @Test(arguments: [
    ("/a", "Prefix", "/a", true), ("/a", "Prefix", "/a/b", true), ("/a", "Prefix", "/ab", false),
    ("/a/", "Prefix", "/a", true), ("/", "Prefix", "/x", true), ("/a", "Exact", "/a", true),
    ("/a", "Exact", "/a/b", false), ("/a/*", "ImplementationSpecific", "/a/b", true),
    ("/*", "ImplementationSpecific", "/x", true), ("/a", "ImplementationSpecific", "/a/b", false),
  ])
  func paths(_ path: String, _ type: String, _ request: String, _ matches: Bool) throws {
    let found = try answer([Self.ingress(Self.path(path, type, to: "alpha"))], request)
    #expect(found == (matches ? "alpha" : "NR 404"))
  }

  /// The longest path of all Ingresses of a host decides.
  @Test func ingressesOfOneHost() throws {
    let wide = Self.ingress(Self.path("/", to: "alpha"), name: "a")
    let near = Self.ingress(Self.path("/b/c", to: "gamma"), Self.path("/b", to: "beta"), name: "b")
    #expect(try answer([wide, near], "/x") == "alpha")
    #expect(try answer([wide, near], "/b/x") == "beta")
    #expect(try answer([wide, near], "/b/c/d") == "gamma")
  }

  /// An annotation, the name of a class, settings of the mesh, and whether Istio implements the Ingress.
  @Test(arguments: [
    (istio, "", "{}", true), ("", "", "{}", false),
    (#""kubernetes.io/ingress.class": "nginx""#, "", "{}", false),
    ("", #""ingressClassName": "own", "#, "{}", true), ("", #""ingressClassName": "other", "#, "{}", false),
    ("", "", #"{"meshConfig": {"ingressControllerMode": "DEFAULT"}}"#, true),
    (istio, "", #"{"meshConfig": {"ingressControllerMode": "OFF"}}"#, false),
    (istio, "", #"{"meshConfig": {"ingressSelector": "other"}}"#, false),
  ])
  func classes(_ annotation: String, _ spec: String, _ values: String, _ isTaken: Bool) throws {
    let classes = ["own": "istio.io/ingress-controller", "other": "k8s.io/ingress-nginx"].map {
      name, controller in
      #"""
      {"kind": "IngressClass", "apiVersion": "networking.k8s.io/v1", "metadata": {"name": "\#(name)"}, "spec":
      {"controller": "\#(controller)"}}
      """#
    }
    let object = Self.ingress(Self.alpha, annotation: annotation, spec: spec)
    #expect(try answer([object] + classes, "/alpha", values: values) == (isTaken ? "alpha" : "none"))
  }

  @Test func secureHosts() throws {
    let secure = Self.ingress(Self.alpha, spec: #""tls": [{"hosts": ["a.example"], "secretName": "s"}], "#)
    let client = ListenerCase.Client.tls("a.example", alpn: ["http/1.1"])
    #expect(try answer([secure], "/alpha", port: 443, client: client) == "alpha")
    #expect(try answer([Self.ingress(Self.alpha)], "/alpha", port: 443, client: client) == "none")
  }

  /// The form of networking.k8s.io/v1beta1.
  @Test(arguments: [("80", "alpha"), (#""web""#, "NR 404")])
  func olderForm(_ port: String, _ expected: String) throws {
    let path = #"{"path": "/alpha", "backend": {"serviceName": "alpha", "servicePort": \#(port)}}"#
    #expect(try answer([Self.ingress(path)], "/alpha") == expected)
  }

  @Test func namedPorts() throws {
    let named = Self.alpha.replacing(#""number": 80"#, with: #""name": "web""#)
    let target = service("alpha", "10.96.0.1", port(8080, "web"))
    #expect(try answer([Self.ingress(named), target], "/alpha") == "alpha")
    #expect(try answer([Self.ingress(named)], "/alpha") == "NR 404")
  }
}
