import FoundationEssentials
import TestSupport
import Testing

/// The path of a connection in an HBONE tunnel through a waypoint's proxy, from manifests.
struct WaypointTraceTests {
  private struct Answer: Decodable {
    struct Proxy: Decodable {
      let listener: String
      let cluster: String?
    }
    let envoy: Proxy
  }

  @Test(arguments: [
    ("10.96.0.20:5701", "inbound-vip|5701|tcp|db.app.svc.cluster.local"), ("10.96.0.20:80", nil),
  ])
  func destinationsInTheTunnel(_ destination: String, _ cluster: String?) throws {
    let file = Repository.path("golden/manifests/waypoint.yaml")
    let run = try Tool.run([
      "trace", "--pod", file, "--name", "app/waypoint", "--listeners-from", file, "--ip-family", "ipv4",
      "--http-method", "CONNECT", "--http-host", destination, "--format", "json", "inbound", "--to",
      "10.12.0.9:15008",
    ])
    let envoy = try JSONDecoder().decode(Answer.self, from: Data(run.output.utf8)).envoy
    #expect(envoy.listener == "main_internal" && envoy.cluster == cluster)
  }

  @Test func withoutARequestTheTunnelIsNotFollowed() throws {
    let file = Repository.path("golden/manifests/waypoint.yaml")
    let run = try Tool.run([
      "trace", "--pod", file, "--name", "app/waypoint", "--listeners-from", file, "--ip-family", "ipv4",
      "inbound", "--to", "10.12.0.9:15008",
    ])
    #expect(run.output.contains("main_internal") && !run.output.contains("no filter chain matches"))
  }
}
