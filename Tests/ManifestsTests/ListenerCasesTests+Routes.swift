import Intercept
import Manifests
import Testing

/// The routes of VirtualServices for TCP and TLS.
extension ListenerCasesTests {
  private var db: String { service("db", "10.96.0.20", port(5701)) }
  private var target: String { service("to", "10.96.0.21", port(7000)) }
  private var own: String { "10.96.0.20_5701 outbound|5701||db.app.svc.cluster.local" }
  private var routed: String { "10.96.0.20_5701 outbound|7000||to.app.svc.cluster.local" }

  @Test(arguments: [
    ("", true), (#""port": 5701"#, true), (#""port": 1"#, false), (#""sourceLabels": {"app": "web"}"#, true),
    (#""sourceLabels": {"app": "x"}"#, false), (#""sourceNamespace": "app""#, true),
    (#""sourceNamespace": "b""#, false), (#""gateways": ["mesh"]"#, true), (#""gateways": ["gw"]"#, false),
    (#""destinationSubnets": ["10.96.0.0/16"]"#, true), (#""destinationSubnets": ["10.97.0.0/16"]"#, false),
    (#""destinationSubnets": ["10.96.0.20"]"#, true),
  ])
  func conditionsOfTCPRoutes(_ match: String, _ applies: Bool) throws {
    let routes = virtualService(#""tcp": [{"match": [{\#(match)}], "route": [\#(destination("to"))]}]"#)
    #expect(try route([db, target, routes], to: "10.96.0.20:5701") == (applies ? routed : own))
  }

  @Test func portsOfDestinations() throws {
    func found(_ destination: String) throws -> String {
      let routes = virtualService(#""tcp": [{"route": [\#(destination)]}]"#)
      let two = service("two", "10.96.0.22", port(1) + "," + port(2, "tcp-b"))
      return try route([db, target, two, routes], to: "10.96.0.20:5701")
    }
    #expect(try found(destination("to")) == routed)
    #expect(try found(destination("to", #", "port": {"number": 7001}"#)).contains("|7001||to"))
    #expect(try found(destination("two")).contains("|5701||two"))
    #expect(try found(destination("unknown.example")).contains("|5701||unknown.example"))
    #expect(try found(destination("to", #", "subset": "v1""#)).contains("|7000|v1|to"))
  }

  @Test func weights() throws {
    func found(_ routes: String) throws -> String {
      try route([db, target, virtualService(#""tcp": [{"route": [\#(routes)]}]"#)], to: "10.96.0.20:5701")
    }
    #expect(try found(destination("to", weight: 100) + "," + destination("db", weight: 0)) == routed)
    #expect(try found(destination("to", weight: 0)) == routed)
    let both = try found(destination("to", weight: 50) + "," + destination("db", weight: 50))
    #expect(both.contains("|7000||to") && both.contains("|5701||db"))
  }

  @Test func aliasDestinations() throws {
    let alias = service(
      "alias", "", port(7000), more: #", "type": "ExternalName", "externalName": "to.app.svc.cluster.local""#)
    let routes = virtualService(#""tcp": [{"route": [\#(destination("alias"))]}]"#)
    #expect(try route([db, target, alias, routes], to: "10.96.0.20:5701") == routed)
    #expect(
      try route([db, target, alias, routes], to: "10.96.0.20:5701", release: 20).contains("||alias.app"))
  }

  @Test func tlsRoutes() throws {
    let tls = entry("e", port: 443, "TLS")
    let routes = virtualService(
      #""tls": [{"match": [{"sniHosts": ["a.e.example"]}], "route": [\#(destination("to"))]}], "tcp": [{"route": [\#(destination("db"))]}]"#,
      hosts: #"["e.example"]"#)
    #expect(
      try route([tls, target, routes], to: "9.9.9.9:443", name: "a.e.example")
        == "0.0.0.0_443 outbound|7000||to.app.svc.cluster.local")
    #expect(
      try route([tls, target, routes], to: "9.9.9.9:443", name: "e.example")
        == "0.0.0.0_443 PassthroughCluster")
    // TCP routes do not apply to TLS ports.
    let tcp = virtualService(#""tcp": [{"route": [\#(destination("to"))]}]"#, hosts: #"["e.example"]"#)
    #expect(
      try route([tls, target, tcp], to: "9.9.9.9:443", name: "e.example")
        == "0.0.0.0_443 outbound|443||e.example")
    // TLS routes do not apply to TCP ports.
    let plain = entry("e", port: 443)
    #expect(
      try route([plain, db, target, routes], to: "9.9.9.9:443")
        == "0.0.0.0_443 outbound|5701||db.app.svc.cluster.local")
  }

  @Test(arguments: [
    (#""exportTo": ["."]"#, "app", true), (#""exportTo": ["."]"#, "other", false),
    (#""exportTo": ["app"]"#, "other", true), (#""exportTo": ["*"]"#, "other", true),
    (#""exportTo": []"#, "other", true),
  ])
  func exportOfVirtualServices(_ export: String, _ namespace: String, _ applies: Bool) throws {
    let routes = virtualService(
      #"\#(export), "tcp": [{"route": [\#(destination("to.app.svc.cluster.local"))]}]"#,
      hosts: #"["db.app.svc.cluster.local"]"#, namespace: namespace)
    #expect(try route([db, target, routes], to: "10.96.0.20:5701") == (applies ? routed : own))
    let values = #"{"meshConfig": {"defaultVirtualServiceExportTo": ["."]}}"#
    let isDefault = export.hasSuffix("[]")
    #expect(
      try route([db, target, routes], to: "10.96.0.20:5701", values: values)
        == (applies && !isDefault ? routed : own))
  }

  @Test func theSidecarChoosesVirtualServices() throws {
    let routes = virtualService(
      #""tcp": [{"route": [\#(destination("to.app.svc.cluster.local"))]}]"#,
      hosts: #"["db.app.svc.cluster.local"]"#,
      namespace: "other")
    let own = sidecar(#""egress": [{"hosts": ["./*"]}]"#)
    #expect(try route([db, target, routes, own], to: "10.96.0.20:5701") == self.own)
    let all = sidecar(#""egress": [{"hosts": ["./*", "other/*"]}]"#)
    #expect(try route([db, target, routes, all], to: "10.96.0.20:5701") == routed)
  }

  @Test func theOldestVirtualServiceApplies() throws {
    let first = virtualService(#""tcp": [{"route": [\#(destination("to"))]}]"#, name: "z", created: "1")
    let second = virtualService(
      #""tcp": [{"route": [\#(destination("x.example"))]}]"#, name: "a", created: "2")
    #expect(try route([db, target, second, first], to: "10.96.0.20:5701") == routed)
  }
}
