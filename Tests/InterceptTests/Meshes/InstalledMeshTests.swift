import Intercept
import Testing

/// The mesh and its options, read off rules of each program.
struct InstalledMeshTests {
  private func mesh(_ rules: String) -> InstalledMesh {
    InstalledMesh([TerseRules.ruleset("*nat\n\(rules)")])
  }

  @Test func `a mesh is named by its chains, with its ports and exclusions`() {
    let found = mesh(
      """
      -A PREROUTING -j PROXY_INIT_REDIRECT
      -A OUTPUT -j PROXY_INIT_OUTPUT
      -A PROXY_INIT_OUTPUT -m owner --uid-owner 2102 -j RETURN
      -A PROXY_INIT_OUTPUT -o lo -j RETURN
      -A PROXY_INIT_OUTPUT -p tcp -m multiport --dports 25,4567:4580 -j RETURN
      -A PROXY_INIT_OUTPUT -p tcp -j REDIRECT --to-ports 4140
      -A PROXY_INIT_REDIRECT -p tcp -m multiport --dports 4190,4191 -j RETURN
      -A PROXY_INIT_REDIRECT -p tcp -j REDIRECT --to-ports 4143
      """)
    #expect(found.name == "linkerd" && found.isComplete)
    #expect(found.summary["inbound port"] == ["4143"])
    #expect(found.summary["outbound port"] == ["4140"])
    #expect(found.summary["uids not captured"] == ["2102"])
    #expect(found.summary["inbound ports excluded"] == ["4190", "4191"])
    #expect(found.summary["outbound ports excluded"] == ["25", "4567:4580"])
  }

  @Test(arguments: [
    ("KUMA_MESH_OUTBOUND", "kuma"), ("CONSUL_PROXY_OUTPUT", "consul"), ("OSM_PROXY_OUTBOUND", "osm"),
    ("APPMESH_EGRESS", "app mesh"), ("ECS_SERVICE_CONNECT_INGRESS", "app mesh"),
    ("KUBE-SERVICES", "none known"), ("MY_CHAIN", "none known"),
  ])
  func `each mesh has chains of its own`(chain: String, name: String) {
    let found = mesh("-A OUTPUT -p tcp -j \(chain)\n-A \(chain) -p tcp -j REDIRECT --to-ports 15001")
    #expect(found.name == name)
    #expect(found.isComplete == (name != "none known"))
  }

  @Test func `programs beside the mesh are named, and rules that none explains are listed`() {
    let found = mesh(
      """
      -A OUTPUT -j DOCKER_OUTPUT
      -A OUTPUT -p tcp -j OSM_PROXY_OUTBOUND
      -A OUTPUT -p tcp -j LOG
      -A DOCKER_OUTPUT -d 127.0.0.11/32 -j RETURN
      -A OSM_PROXY_OUTBOUND -p tcp -j REDIRECT --to-ports 15001
      """)
    #expect(found.otherPrograms == [.docker])
    #expect(found.unexplained == ["nat OUTPUT: -p tcp -j LOG"] && !found.isComplete)
  }

  @Test(arguments: [
    ("ISTIO_REDIRECT", "", "1.0-1.2"), ("ISTIO_IN_REDIRECT", "", "1.3-1.4"),
    ("ISTIO_IN_REDIRECT", " -m owner --uid-owner 1337", "1.5-1.6"),
  ])
  func `a sidecar before 1.7 is recognised without invented options`(
    _ chain: String, _ owner: String, _ releases: String
  ) {
    let found = mesh(
      """
      -A PREROUTING -p tcp -j ISTIO_INBOUND
      -A OUTPUT -p tcp -j ISTIO_OUTPUT
      -A ISTIO_INBOUND -p tcp -m tcp --dport 22 -j RETURN
      -A ISTIO_INBOUND -p tcp -m tcp --dport 15090 -j RETURN
      -A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT
      -A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports 15006
      -A ISTIO_OUTPUT ! -d 127.0.0.1/32 -o lo\(owner) -j \(chain)
      -A ISTIO_OUTPUT -m owner --uid-owner 1337 -j RETURN
      -A ISTIO_OUTPUT -d 127.0.0.1/32 -j RETURN
      -A ISTIO_OUTPUT -j ISTIO_REDIRECT
      -A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001
      """)
    #expect(found.kind == .earlySidecar(releases: releases))
    #expect(found.summary["inbound ports excluded"] == ["22", "15090"])
    #expect(found.summary["outbound port"] == ["15001"])
    #expect(found.summary["outbound blocks excluded"] == [])
  }

  @Test func `port 22 after the tunnel port is what 1_7 to 1_12 install, or an option of newer releases`()

  {
    var configuration = Configuration()
    configuration.inboundPorts = .all(except: [PortRange(22), PortRange(15090)])
    let live = RulesetBuilder.build(configuration)
    let found = InstalledMesh(live)
    guard case .sidecar(let guess, early: "1.7-1.12") = found.kind else {
      Issue.record("\(found.kind)")
      return
    }
    #expect(guess.isComplete)
  }

  /// Rules of a pod in ambient mode, and the releases that install them.
  @Test(arguments: [
    (["redirect"], "1.23-1.31"), (["redirect", "plain dns"], "1.23"), (["redirect", "dns"], "1.24-1.31"),
    (["redirect", "virtual"], "1.25-1.31"), ([], "1.24-1.28"), (["connmark"], "1.29-1.31"),
    (["tproxy", "connmark"], "1.21-1.24"), (["tproxy", "connmark", "plain dns"], "1.21-1.23"),
  ])
  func `the releases of ambient rules follow from their traits`(traits: [String], releases: String) {
    let lines = traits.compactMap { Self.ambient[$0] }
    let mangle = lines.map(\.mangle).joined()
    let nat =
      lines.map(\.nat).joined()
      + "-A ISTIO_OUTPUT -p tcp -m mark ! --mark 0x539/0xfff -j REDIRECT --to-ports 15001\n"
    let chains =
      ":ISTIO_PRERT - [0:0]\n:ISTIO_OUTPUT - [0:0]\n-A PREROUTING -j ISTIO_PRERT\n-A OUTPUT -j ISTIO_OUTPUT\n"
    let text = "*mangle\n\(chains)\(mangle)COMMIT\n*nat\n\(chains)\(nat)COMMIT\n"
    let live = [TerseRules.ruleset(text)]
    #expect(InstalledMesh(live).kind == .ambient(releases: releases, side: "pod"))
    #expect(InstalledMesh(live).guess == nil)
  }

  private static let ambient: [String: (mangle: String, nat: String)] = [
    "redirect": ("", "-A ISTIO_PRERT -p tcp -m mark ! --mark 0x539/0xfff -j REDIRECT --to-ports 15006\n"),
    "plain dns": ("", "-A ISTIO_OUTPUT -p udp -m udp --dport 53 -j REDIRECT --to-ports 15053\n"),
    "dns": (
      "",
      "-A ISTIO_OUTPUT -p udp -m mark ! --mark 0x539/0xfff -m udp --dport 53 -j REDIRECT --to-ports 15053\n"
    ),
    "virtual": ("", "-A ISTIO_PRERT -i tap0 -p tcp -j REDIRECT --to-ports 15001\n"),
    "connmark": ("-A ISTIO_PRERT -m mark --mark 0x539/0xfff -j CONNMARK --set-xmark 0x111/0xfff\n", ""),
    "tproxy": (
      "-A ISTIO_PRERT -p tcp -j TPROXY --on-port 15006 --on-ip 0.0.0.0 --tproxy-mark 0x111/0xfff\n", ""
    ),
  ]

  @Test func `TPROXY that nft names without its options is not ingress mode`() {
    let mark = Rule([], .connmark(.set(MaskedMark(0x111, mask: 0xfff))))
    let chain = Chain(.istioPrerouting, rules: [mark, Rule([], .opaque(OpaqueTarget("TPROXY")))])
    let hook = Chain(ChainName(.prerouting), rules: [Rule([], .jump(.istioPrerouting))])
    let live = [Ruleset(.ipv4, tables: [Table(.mangle, chains: [hook, chain])])]
    #expect(InstalledMesh(live).kind == .ambient(releases: "1.21-1.24", side: "pod"))
  }

  @Test func `rules of other programs are not options of the mesh`() {
    let found = mesh(
      """
      -A PREROUTING -p tcp -m tcp --dport 9999 -j FOREIGN
      -A OUTPUT -p udp -m udp --dport 1053 -j ACCEPT
      -A OUTPUT -p tcp -j CONSUL_PROXY_OUTPUT
      -A CONSUL_PROXY_OUTPUT -m owner --uid-owner 5995 -j RETURN
      -A CONSUL_PROXY_OUTPUT -p tcp -j REDIRECT --to-ports 15001
      -A FOREIGN -j RETURN
      """)
    #expect(found.summary["inbound ports excluded"] == [] && found.summary["outbound ports excluded"] == [])
    #expect(found.summary["uids not captured"] == ["5995"])
    #expect(found.unexplained.count == 2)
  }

  /// Rules of Kuma with DNS capture in OUTPUT and KUMA_MESH_OUTBOUND, and the releases that install them.
  @Test(arguments: [
    ("-A KUMA_MESH_OUTBOUND -p tcp -m tcp --dport 53 -j REDIRECT --to-ports 15053", "", "up to 2.11"),
    (
      "-A KUMA_MESH_OUTBOUND -o lo -p tcp -m tcp ! --dport 53 -m owner ! --uid-owner 5678 -j RETURN",
      "-A OUTPUT -p tcp -m tcp --dport 53 -m owner ! --uid-owner 5678 -j RETURN", "2.11-2.13"
    ),
    (
      "-A KUMA_MESH_OUTBOUND -o lo -p tcp -m owner ! --uid-owner 5678 -j RETURN",
      "-A OUTPUT -p tcp -m tcp --dport 53 -m owner ! --uid-owner 5678 -j RETURN", "2.14 or newer"
    ),
    ("-A KUMA_MESH_OUTBOUND -p tcp -j RETURN", "", nil),
  ])
  func `releases of Kuma follow from traits of the rules`(_ chain: String, _ hook: String, _ release: String?)
  {
    #expect(mesh("\(hook)\n-A OUTPUT -p tcp -j KUMA_MESH_OUTBOUND\n\(chain)").release == release)
  }

  @Test func `a chain that jumps to itself ends`() {
    let found = mesh("-A OUTPUT -j OSM_PROXY_OUTBOUND\n-A OSM_PROXY_OUTBOUND -j OSM_PROXY_OUTBOUND")
    #expect(found.name == "osm")
  }
}
