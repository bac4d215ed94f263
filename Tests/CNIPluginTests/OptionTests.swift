import Intercept
import TestSupport
import Testing

@testable import CNIPlugin

/// The options of Istio's plugin's own tests by name (`plugin_test.go`, `plugin_dryrun_test.go`).
struct OptionTests {
  private func configuration(
    _ annotations: [String: String] = [:], agent: String? = nil, more: String = "",
    ips: String? = #"[{"address":"10.0.0.2/24"}]"#
  ) throws -> Configuration {
    let node = FakeNode()
    node.agentAnswer = agent
    let all = annotations.merging(["sidecar.istio.io/status": "true"]) { $1 }
    var request = SampleRequest(all, more: more + (agent == nil ? "" : #","agent_socket":"/agent""#))
    request.previousResult = ips.map { #"{"cniVersion":"1.0.0","ips":\#($0)}"# }
    let (answer, _) = request.run(on: node)
    try #require(answer.status == 0, "\(answer.text)")
    return try #require(node.installed.first).configuration
  }

  private func ports(_ ports: Port...) -> [PortRange] { ports.map { PortRange($0) } }

  @Test func basic() throws {
    let basic = try configuration()
    #expect(basic.inboundPorts == .all(except: ports(15020, 15021, 15090)))
    #expect(basic.excludedOutboundPorts == ports(15020))
    #expect(basic.proxyUsers.map(\.rawValue) == [1337])
    #expect(basic.proxyGroups.map(\.rawValue) == [1337])
    #expect(basic.outboundCIDRs == .all)
    #expect(basic.dns == .none)
    #expect(!basic.includesIPv6 && !basic.dropsInvalid)
    #expect(basic.interception == .redirect)
  }

  @Test func cmdAddTwoContainersWithStarInboundPort() throws {
    let star = try configuration(["traffic.sidecar.istio.io/includeInboundPorts": "*"])
    #expect(try star == configuration())
  }

  @Test func cmdAddTwoContainersWithEmptyInboundPort() throws {
    let empty = try configuration(["traffic.sidecar.istio.io/includeInboundPorts": ""])
    #expect(empty.inboundPorts == .none)
  }

  @Test func cmdAddTwoContainersWithEmptyExcludeInboundPort() throws {
    let empty = try configuration(["traffic.sidecar.istio.io/excludeInboundPorts": ""])
    #expect(empty.inboundPorts == .all(except: ports(15020, 15021, 15090)))
  }

  @Test func cmdAddTwoContainersWithExplicitExcludeInboundPort() throws {
    let explicit = try configuration(["traffic.sidecar.istio.io/excludeInboundPorts": "3306"])
    #expect(explicit.inboundPorts == .all(except: ports(3306, 15020, 15021, 15090)))
  }

  @Test(arguments: [
    ("1234,2345", [1234, 2345] as [Port]), ("1234,1234,2345,2345", [1234, 2345]),
    ("1234,2345,1234,2345", [1234, 2345]), ("", []),
  ])
  func dedupPorts(list: String, unique: [Port]) throws {
    let read = try configuration(["traffic.sidecar.istio.io/excludeInboundPorts": list])
    #expect(read.inboundPorts == .all(except: (unique + [15020, 15021, 15090]).map { PortRange($0) }))
  }

  @Test func dns() throws {
    let agent = #"{"proxy":{"environment":{"ISTIO_META_DNS_CAPTURE":"true"}}}"#
    #expect(try configuration(agent: agent).dns == .all)
    let annotation = ["proxy.istio.io/config": "proxyMetadata:\n  ISTIO_META_DNS_CAPTURE: \"true\"\n"]
    #expect(try configuration(annotation).dns == .all)
    let defaults = #","proxy_defaults":{"ISTIO_META_DNS_CAPTURE":true}"#
    #expect(try configuration(more: defaults).dns == .all)
    let off = ["proxy.istio.io/config": #"{"proxyMetadata":{"ISTIO_META_DNS_CAPTURE":"false"}}"#]
    #expect(try configuration(off, more: defaults).dns == .none)
  }

  @Test func invalidDrop() throws {
    #expect(try configuration(agent: #"{"proxy":{"environment":{"INVALID_DROP":"true"}}}"#).dropsInvalid)
  }

  @Test func cmdAddEnableDualStack() throws {
    let agent = #"{"proxy":{"environment":{"ISTIO_DUAL_STACK":"true"}}}"#
    #expect(try configuration(agent: agent, ips: nil).includesIPv6)
    #expect(try !configuration(ips: nil).includesIPv6)
  }

  @Test(arguments: [
    (#"[{"version":"4","address":"10.0.0.2/24"}]"#, false),
    (#"[{"version":"6","address":"fd00::2/64"}]"#, true),
    (#"[{"version":"4","address":"10.0.0.2/24"},{"version":"6","address":"fd00::2/64"}]"#, true),
  ])
  func familiesOfPreviousResult(ips: String, includesIPv6: Bool) throws {
    #expect(try configuration(ips: ips).includesIPv6 == includesIPv6)
  }

  @Test(arguments: [(1000_670_000, 1000_670_001, 1000_670_000, 1000_670_001), (0, 0, 1337, 1337)])
  func customUID(user: UInt32, group: UInt32, wantedUser: UInt32, wantedGroup: UInt32) throws {
    let read = try configuration(agent: #"{"proxy":{"user":\#(user),"group":\#(group)}}"#)
    #expect(read.proxyUsers.map(\.rawValue) == [wantedUser])
    #expect(read.proxyGroups.map(\.rawValue) == [wantedGroup])
    let defaults = try configuration(more: #","proxy_defaults":{"user":\#(user),"group":\#(group)}"#)
    #expect(defaults == read)
  }

  @Test func virtualInterfacesPreferTheNewerName() throws {
    let both = [
      "istio.io/reroute-virtual-interfaces": "net1", "traffic.sidecar.istio.io/kubevirtInterfaces": "net2",
    ]
    #expect(try configuration(both).virtualInterfaces.map(\.description) == ["net1"])
    let old = ["traffic.sidecar.istio.io/kubevirtInterfaces": "net2"]
    #expect(try configuration(old).virtualInterfaces.map(\.description) == ["net2"])
  }

  @Test(arguments: [
    ("sidecar.istio.io/interceptionMode", "tproxy"),
    ("traffic.sidecar.istio.io/includeOutboundIPRanges", "10.0.0.0/33"),
    ("traffic.sidecar.istio.io/excludeOutboundPorts", "abcd"),
    ("traffic.sidecar.istio.io/excludeInboundPorts", "abcd,2345,abcd"),
    ("traffic.sidecar.istio.io/excludeInterfaces", "a/b"),
  ])
  func invalidAnnotations(name: String, value: String) throws {
    let node = FakeNode()
    let (answer, _) = SampleRequest(["sidecar.istio.io/status": injected, name: value]).run(on: node)
    #expect(answer.status == 1)
    #expect(answer.text.contains(#""code":100"#) && answer.text.contains(name))
    #expect(node.installed.isEmpty)
  }
}
