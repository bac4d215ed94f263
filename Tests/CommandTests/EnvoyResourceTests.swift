import Foundation
import InputText
import Intercept
import Synchronization
import Testing

@testable import RuleCommands
@testable import istio_iptables_swift

/// Routes, clusters and endpoints of Envoy's configuration, in both spellings and from several files.
struct EnvoyResourceTests {
  private static let dump = """
    {"configs":[
     {"@type":"a/envoy.admin.v3.ClustersConfigDump","dynamic_active_clusters":[
      {"cluster":{"@type":"a/envoy.config.cluster.v3.Cluster","name":"v1","type":"EDS",
       "eds_cluster_config":{"service_name":"s"},"common_lb_config":{"healthy_panic_threshold":{}},
       "transport_socket_matches":[
        {"name":"istio","match":{"tlsMode":"istio"},"transport_socket":{"name":"envoy.transport_sockets.tls",
         "typed_config":{"@type":"a/UpstreamTlsContext","common_tls_context":{"tls_certificate_sds_secret_configs":[{}]}}}},
        {"name":"disabled","match":{},"transport_socket":{"name":"envoy.transport_sockets.raw_buffer"}}]}},
      {"cluster":{"name":"v2","type":"STATIC","connect_timeout":"1s","circuit_breakers":{"thresholds":[
       {"priority":"HIGH"},{"max_pending_requests":0}]},
       "load_assignment":{"cluster_name":"v2","endpoints":[{"lb_endpoints":[
        {"endpoint":{"address":{"socket_address":{"address":"10.1.0.9","port_value":80}}}}]}]}}}]},
     {"@type":"a/envoy.admin.v3.EndpointsConfigDump","dynamic_endpoint_configs":[{"endpoint_config":
      {"@type":"a/x.ClusterLoadAssignment","cluster_name":"s","endpoints":[{"lb_endpoints":[
       {"endpoint":{"address":{"socket_address":{"address":"10.1.0.1","port_value":80}}},"health_status":"HEALTHY",
        "metadata":{"filter_metadata":{"envoy.transport_socket_match":{"tlsMode":"istio"}}}},
       {"endpoint":{"address":{"socket_address":{"address":"10.1.0.2","port_value":80}}}}]}]}}]},
     {"@type":"a/envoy.admin.v3.ListenersConfigDump","dynamic_listeners":[{"active_state":{"listener":
      {"@type":"a/envoy.config.listener.v3.Listener","name":"l","address":{"socket_address":
       {"address":"0.0.0.0","port_value":80}},"filter_chains":[{"filters":[{"name":"hcm","typed_config":
        {"@type":"a/HttpConnectionManager","rds":{"route_config_name":"80"}}}]}]}}}]},
     {"@type":"a/envoy.admin.v3.RoutesConfigDump","dynamic_route_configs":[{"route_config":
      {"@type":"a/x.RouteConfiguration","name":"80","ignore_port_in_host_matching":true,"virtual_hosts":[
       {"name":"web","domains":["web"],"retry_policy":{"retry_on":"connect-failure"},"routes":[
        {"match":{"path_separated_prefix":"/two","headers":[{"name":"x","string_match":{"exact":"1"}}]},
         "route":{"cluster":"v2"}},
        {"match":{"prefix":"/old"},"redirect":{"https_redirect":true,"response_code":"FOUND"}},
        {"match":{"safe_regex":{"regex":"/(a|b)+"}},"direct_response":{"status":204}},
        {"match":{"prefix":"/fault"},"direct_response":{"status":204},"typed_per_filter_config":{
         "envoy.filters.http.fault":{"@type":"a/HTTPFault","abort":{"http_status":500,"percentage":{"numerator":100}},
          "delay":{"fixed_delay":"3s","percentage":{"numerator":5000,"denominator":"TEN_THOUSAND"}}}}},
        {"match":{"prefix":"/half","runtime_fraction":{"default_value":{"numerator":50}}},"route":{"cluster":"v2"}},
        {"match":{"prefix":"/"},"route":{"weighted_clusters":{"clusters":[
         {"name":"v1","weight":100},{"name":"v2","weight":0}]}}}]}]}}]}]}
    """

  private static let reported = """
    [{"name":"v1","hostStatuses":[
     {"address":{"socketAddress":{"address":"10.1.0.1","portValue":80}},"healthStatus":{"edsHealthStatus":"HEALTHY"}},
     {"address":{"socketAddress":{"address":"10.1.0.2","portValue":80}},"healthStatus":{"failedOutlierCheck":true}}]}]
    """

  private func route(_ request: HTTPRequest, _ texts: [String] = [dump]) throws -> EnvoyRoute {
    let files = texts.map {
      (FileManager.default.temporaryDirectory.appending(path: "envoy-\(UUID()).json"), $0)
    }
    defer { files.forEach { try? FileManager.default.removeItem(at: $0.0) } }
    for (file, text) in files { try text.write(to: file, atomically: true, encoding: .utf8) }
    let proxy = try EnvoyFile.read(files.map(\.0.path), Configuration())
    let end = Intercept.Endpoint(.ipv4(IPv4Address(10, 96, 0, 1)), 80)
    return proxy.route(EnvoyConnection(port: 80, original: end, request: request))
  }

  @Test(arguments: [
    ("/", nil, "v1"), ("/two/x", "1", "v2"), ("/twox", "1", "v1"), ("/two", nil, "v1"),
    ("/old", nil, "response:302"),
    ("/ab", nil, "response:204"), ("/half", nil, "v1,v2"),
  ])
  func requests(_ path: String, _ header: String?, _ word: String) throws {
    let headers = header.map { [HTTPRequest.Header(name: "x", value: $0)] } ?? []
    #expect(try route(HTTPRequest(host: "web:80", path: path, headers: headers)).word == word)
  }

  @Test func faults() throws {
    let found = try route(HTTPRequest(host: "web", path: "/fault"))
    #expect(found.word == "response:500" && found.flag == "FI")
    #expect(
      found.reasons.contains(
        "a fault may delay the request by 3s, as it does 50.0 % of the requests; then the access log has DI"))
  }

  @Test func endpointsAndFlags() throws {
    let first = try route(HTTPRequest(host: "web"))
    #expect(first.upstreams.first?.endpoints?.map(\.tls) == [.mutual, .none])
    #expect(first.flag == "UF,URX")
    #expect(first.request?.virtualHost == "web")
    let limited = HTTPRequest(host: "web", path: "/two", headers: [.init(name: "x", value: "1")])
    #expect(try route(limited).flag == "UO")
    #expect(try route(HTTPRequest(host: "other")).flag == "NR")
  }

  @Test func aSecondFileAddsHealth() throws {
    let endpoints = try route(HTTPRequest(host: "web"), [Self.dump, Self.reported]).upstreams.first?.endpoints
    #expect(endpoints?.map(\.isLeftOut) == [false, true])
    #expect(endpoints?.map(\.tls) == [.mutual, .none])
  }

  /// A malformed resource counts as absent, with a warning.
  @Test func malformedResources() throws {
    let broken = Self.dump.replacing(#""max_pending_requests":0"#, with: #""max_pending_requests":[]"#)
    let limited = HTTPRequest(host: "web", path: "/two", headers: [.init(name: "x", value: "1")])
    #expect(try route(limited, [broken]).flag == "NC")
    #expect(try route(HTTPRequest(host: "web"), [broken]).cluster == "v1")
  }

  /// A route configuration with a negative weight is malformed.
  @Test func negativeWeights() throws {
    let broken = Self.dump.replacing(#""weight":100"#, with: #""weight":-1"#)
    #expect(try route(HTTPRequest(host: "web"), [broken]).cluster == nil)
    #expect(try route(HTTPRequest(host: "web")).cluster == "v1")
  }

  /// Of several route configurations with one name the last one counts, with a warning.
  @Test func repeatedRouteConfigurations() throws {
    func routes(_ cluster: String) -> String {
      #"{"name":"80","virtual_hosts":[{"name":"v","domains":["*"],"routes":[{"match":{"prefix":"/"},"route":{"cluster":"\#(cluster)"}}]}]}"#
    }
    let warnings = Mutex<[String]>([])
    var dump = try EnvoyDump(text: "[\(routes("a")),\(routes("b"))]")
    dump.warn = { warning in warnings.withLock { $0.append(warning) } }
    #expect(dump.routes("80")?.virtualHosts.first?.routes.first?.action == .cluster("b"))
    #expect(warnings.withLock { $0.map { $0.contains("80") } } == [true])
    #expect(dump.routes("81") == nil && warnings.withLock(\.count) == 1)
  }

  @Test func scopedRoutesAreNotRead() throws {
    let dump = Self.dump.replacing(
      #""rds":{"route_config_name":"80"}"#, with: #""scoped_routes":{"name":"s"}"#)
    let found = try route(HTTPRequest(), [dump])
    guard case .unknown(let reason) = found.destination else {
      Issue.record("\(found)")
      return
    }
    #expect(reason.contains("SRDS") && found.cluster == nil && !found.isFailure)
  }
}
