import Foundation
import Intercept
import TestSupport
import Testing

@testable import istio_iptables_swift

/// Envoy's configuration is read in every form it comes in, and refused in one line otherwise.
struct EnvoyFileTests {
  private static let folder = Repository.url("golden/trace/envoy")

  private func read(_ name: String) throws -> [EnvoyListener] {
    try EnvoyFile.listeners(String(contentsOf: Self.folder.appending(path: name), encoding: .utf8))
  }

  @Test func aDumpHoldsTheSameListeners() throws {
    let listeners = try read("after.json")
    #expect(listeners.count == 8)
    #expect(Set(try read("dump.json")) == Set(listeners))
    #expect(try read("before.json").count == 7)
  }

  @Test(arguments: [
    #"{"name":"l","address":{"socketAddress":{"address":"0.0.0.0","portValue":80}},"useOriginalDst":true}"#,
    #"[{"name":"l","address":{"socket_address":{"address":"0.0.0.0","port_value":80}},"use_original_dst":true}]"#,
    #"[{"name":"l","address":{"socketAddress":{"address":"0.0.0.0","portValue":80}},"hiddenEnvoyDeprecatedUseOriginalDst":true}]"#,
    #"{"configs":[{"dynamicActiveListeners":[{"listener":{"name":"l","address":{"socketAddress":{"address":"0.0.0.0","portValue":80}},"useOriginalDst":true}}]}]}"#,
    #"{"static_listeners":[{"listener":{"name":"l","address":{"socket_address":{"address":"0.0.0.0","port_value":80}},"hidden_envoy_deprecated_use_original_dst":true}}]}"#,
  ])
  func everyForm(_ text: String) throws {
    let listeners = try EnvoyFile.listeners(text)
    #expect(listeners.map(\.name) == ["l"])
    #expect(
      listeners.allSatisfy {
        $0.usesOriginalDestination == true && $0.bindsToPort && $0.ends.map(\.port) == [80]
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
      .routes("80", clusters: [])
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
    let listeners = try EnvoyFile.listeners(
      #"[{"address":\#(address),"filterChains":[{"filters":[{"name":"envoy.wasm"},\#(filter)]}]}]"#)
    #expect(listeners.first?.filterChains.map(\.destination) == [destination])
    #expect(listeners.first?.ends.count == 2)
  }

  @Test func listenersOfOtherKindsAreLeftOut() throws {
    let others = #"[{"name":"i","internalListener":{}},{"address":{"pipe":{"path":"/x"}}},"#
    let udp = #"{"address":{"socketAddress":{"protocol":"UDP","address":"127.0.0.1","portValue":53}}}]"#
    #expect(try EnvoyFile.listeners(others + udp) == [])
  }

  @Test(arguments: [
    ("{", "not valid JSON"), ("", "not valid JSON"), ("3", "must be a list"),
    ("{}", "neither an array of listeners"),
    ("[]", "it contains none"),
    (#"{"configs":[]}"#, "it contains none"), (#"{"configs":3}"#, "configs: must be a list"),
    (#"[{"filterChains":3}]"#, "[0].filterChains: must be a list"),
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
    let error = #expect(throws: CommandError.self) { try EnvoyFile.read(file.path, Configuration()) }
    #expect(error?.description.hasPrefix("\(file.path): cannot read Envoy's listeners: ") == true)
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }
}
