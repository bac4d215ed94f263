import Foundation
import InputText
import Intercept
import TestSupport
import Testing

@testable import RuleCommands
@testable import istio_iptables_swift

/// Envoy's configuration is read in every form it comes in, and refused in one line otherwise.
struct EnvoyFileTests {
  private static let folder = Repository.url("golden/trace/envoy")

  private func read(_ name: String) throws -> [EnvoyListener] {
    try listeners(String(contentsOf: Self.folder.appending(path: name), encoding: .utf8))
  }

  private func listeners(_ text: String) throws -> [EnvoyListener] { try EnvoyDump(text: text).listeners }

  @Test func aDumpHoldsTheSameListeners() throws {
    let found = try read("after.json")
    #expect(found.count == 8)
    #expect(Set(try read("dump.json")) == Set(found))
    #expect(try read("before.json").count == 7)
  }

  @Test(arguments: [
    #"{"name":"l","address":{"socketAddress":{"address":"0.0.0.0","portValue":80}},"useOriginalDst":true}"#,
    #"[{"name":"l","address":{"socket_address":{"address":"0.0.0.0","port_value":80}},"use_original_dst":true}]"#,
    #"[{"name":"l","address":{"socketAddress":{"address":"0.0.0.0","portValue":80}},"hiddenEnvoyDeprecatedUseOriginalDst":true}]"#,
    #"{"configs":[{"dynamicActiveListeners":[{"listener":{"name":"l","address":{"socketAddress":{"address":"0.0.0.0","portValue":80}},"useOriginalDst":true}}]}]}"#,
    #"{"static_resources":{"listeners":[{"name":"l","address":{"socket_address":{"address":"0.0.0.0","port_value":80}},"use_original_dst":true}]}}"#,
    #"{"version_info":"1","resources":[{"@type":"type.googleapis.com/envoy.config.listener.v3.Listener","name":"l","address":{"socketAddress":{"address":"0.0.0.0","portValue":80}},"useOriginalDst":true}]}"#,
    #"{"resources":[{"name":"l","resource":{"@type":"a/envoy.config.listener.v3.Listener","name":"l","address":{"socketAddress":{"address":"0.0.0.0","portValue":80}},"useOriginalDst":true}}]}"#,
    #"{"0.0.0.0_80":{"name":"l","address":{"socketAddress":{"address":"0.0.0.0","portValue":"80"}},"useOriginalDst":true}}"#,
    #"{"configs":[{"@type":"a/BootstrapConfigDump","bootstrap":{"staticResources":{"listeners":[{"name":"l","address":{"socketAddress":{"address":"0.0.0.0","portValue":80}},"useOriginalDst":true}]}}},{"staticListeners":[{"listener":{"name":"l","address":{"socketAddress":{"address":"0.0.0.0","portValue":80}},"useOriginalDst":true}}]},{"dynamicListeners":[{"name":"w","warmingState":{"listener":{"name":"w","address":{"socketAddress":{"address":"0.0.0.0","portValue":81}}}}}]}]}"#,
    #"{"static_listeners":[{"listener":{"name":"l","address":{"socket_address":{"address":"0.0.0.0","port_value":80}},"hidden_envoy_deprecated_use_original_dst":true}}]}"#,
  ])
  func everyForm(_ text: String) throws {
    let found = try listeners(text)
    #expect(found.map(\.name) == ["l"])
    #expect(
      found.allSatisfy {
        $0.usesOriginalDestination && $0.bindsToPort && $0.addresses.map(\.port) == [80]
      })
  }

  @Test(arguments: [
    (#"{"name":"envoy.tcp_proxy","config":{"cluster":"c"}}"#, EnvoyDestination.cluster("c")),
    (#"{"name":"mine","typed_config":{"@type":"x/y.TcpProxy","cluster":"c"}}"#, .cluster("c")),
    (
      #"{"name":"n","typedConfig":{"@type":"a/udpa.type.v1.TypedStruct","typeUrl":"b/TcpProxy","value":{"cluster":"c"}}}"#,
      .cluster("c")
    ),
    (
      #"{"name":"envoy.tcp_proxy","typedConfig":{"weighted_clusters":{"clusters":[{"name":"a","weight":1},{"name":"b"}]}}}"#,
      .oneOf(["a", "b"])
    ),
    (
      #"{"name":"envoy.http_connection_manager","typedConfig":{"rds":{"routeConfigName":"80"}}}"#,
      .http(EnvoyHTTPConnectionManager(routes: "80"))
    ),
    (
      #"{"name":"envoy.redis_proxy","typedConfig":{"cluster":"c"}}"#,
      .unknown(filter: "the filter envoy.redis_proxy")
    ),
    (
      #"{"name":"envoy.tcp_proxy","typedConfig":{"cluster":["c"]}}"#,
      .unknown(filter: "the filter envoy.tcp_proxy without readable settings")
    ),
    ("{}", .unknown(filter: "the filter without a name")),
  ])
  func filters(_ filter: String, _ destination: EnvoyDestination) throws {
    let address = #"{"socketAddress":{"address":"::","portValue":80,"ipv4Compat":true}}"#
    let found = try listeners(
      #"[{"address":\#(address),"filterChains":[{"filters":[{"name":"envoy.wasm"},\#(filter)]}]}]"#)
    #expect(found.first?.filterChains.map(\.destination) == [destination])
    #expect(found.first?.addresses.count == 2)
  }

  @Test func listenersOfOtherKindsAreLeftOut() throws {
    let others = #"[{"address":{"pipe":{"path":"/x"}}},"#
    let udp = #"{"address":{"socketAddress":{"protocol":"UDP","address":"127.0.0.1","portValue":53}}}]"#
    #expect(try listeners(others + udp) == [])
  }

  @Test func listenerFilters() throws {
    let found = try listeners(
      #"""
      [{"name":"main","internalListener":{},"listenerFilters":[
        {"name":"envoy.filters.listener.original_dst"},
        {"name":"mine","typedConfig":{"@type":"a/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector"},
         "filterDisabled":{"orMatch":{"rules":[{"destinationPortRange":{"start":80,"end":82}},{"notMatch":{"anyMatch":true}}]}}},
        {"name":"envoy.filters.listener.http_inspector","filter_disabled":{"any_match":true}},
        {"name":"envoy.filters.listener.set_dst_address"}]}]
      """#)
    #expect(found.first?.addresses == [])
    #expect(
      found.first?.listenerFilters == [
        EnvoyListenerFilter(.originalDestination),
        EnvoyListenerFilter(.tlsInspector, disabled: .anyOf([.ports(80..<82), .not(.any)])),
        EnvoyListenerFilter(.httpInspector, disabled: .any),
        EnvoyListenerFilter(.other("envoy.filters.listener.set_dst_address")),
      ])
  }

  @Test(arguments: [
    ("{", "not valid JSON"), ("", "the text is empty"), ("3", "must be an object"),
    ("{}", "no listeners of Envoy"), ("[]", "no listeners of Envoy"),
    (#"{"configs":[]}"#, "no listeners of Envoy"), (#"{"configs":3}"#, "configs must be a list"),
    (
      #"[{"address":{"socketAddress":{"address":"::","portValue":80}},"filterChains":3}]"#,
      "[0].filterChains must be a list"
    ),
    (#"[{"name":"l","address":{"socketAddress":{"address":"pod","portValue":80}}}]"#, "'pod', port 80"),
    (#"[{"name":"l","address":{"socketAddress":{"address":"::","portValue":80000}}}]"#, "port 80000"),
    (
      #"[{"name":"l","address":{"socketAddress":{"address":"::","portValue":80}},"filterChains":[{"filterChainMatch":{"prefixRanges":[{"addressPrefix":"10.0.0.0","prefixLen":33}]}}]}]"#,
      "listener l: '10.0.0.0/33' is not a block of addresses"
    ),
  ])
  func whatIsWrongIsSaid(_ text: String, _ words: String) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "envoy-\(UUID()).json")
    try text.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let error = #expect(throws: CommandError.self) { try EnvoyFile.read([file.path], Configuration()) }
    #expect(error?.description.hasPrefix("\(file.path): ") == true)
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }
}
