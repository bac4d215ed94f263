import FoundationEssentials
import TestSupport
import Testing

/// The connection of the Hazelcast manager to the app's pod, before and after an ExternalName Service for its port: the
/// answers from manifests and from the proxy's configuration.
struct SeedPathTests {
  private struct Answer: Decodable {
    struct Proxy: Decodable {
      let listener: String
      let cluster: String
      let endpoints: [Target]
      let flag: String
    }
    struct Target: Decodable {
      let address: String
    }
    let envoy: Proxy
  }

  private struct LogAnswer: Decodable {
    struct Line: Decodable {
      struct Route: Decodable, Equatable {
        let comparison: String
        let cluster: String?
      }
      let now: Route?
    }
    let lines: [Line]
  }

  private static let pod = [
    "--name", "manager-7948dffbdd-p44xx", "--ip-family", "ipv4", "--istio-release", "1.16",
  ]

  /// The sources of a configuration: the proxy's own, and the objects it is made of.
  private static func sources(_ proxy: String, _ manifest: String) -> [[String]] {
    let dump = Repository.path("golden/trace/envoy/\(proxy).json")
    let clusters = Repository.path("golden/trace/envoy/clusters.json")
    return [
      ["--envoy-config", dump, "--envoy-config", clusters],
      ["--listeners-from", Repository.path("golden/manifests/\(manifest).json")],
    ]
  }

  /// The destination, its listener, cluster and endpoints.
  @Test(arguments: [
    ("before", "hazelcast", "10.12.2.9", "virtualOutbound", "PassthroughCluster", ["10.12.2.9:5701"]),
    (
      "after", "hazelcast-external-name", "10.12.2.9", "0.0.0.0_5701",
      "outbound|5701||app-ext.app.svc.cluster.local", ["idle.manager.svc.cluster.local:5701"]
    ),
    (
      "before", "hazelcast", "10.0.18.143", "10.0.18.143_5701", "outbound|5701||app.app.svc.cluster.local",
      ["10.12.2.9:5701"]
    ),
    (
      "after", "hazelcast-external-name", "10.0.23.154", "10.0.23.154_5701",
      "outbound|5701||manager.manager.svc.cluster.local", ["10.12.0.12:5701", "10.12.1.6:5701"]
    ),
  ])
  func bothSourcesLeadToTheSameEndpoints(
    _ proxy: String, _ manifest: String, _ to: String, _ listener: String, _ cluster: String,
    _ endpoints: [String]
  ) throws {
    let file = Repository.path("golden/manifests/\(manifest).json")
    for source in Self.sources(proxy, manifest) {
      let run = try Tool.run(
        ["trace", "--pod", file] + Self.pod + source
          + ["outbound", "--to", "\(to):5701", "--uid", "1000", "--format", "json"])
      let envoy = try JSONDecoder().decode(Answer.self, from: Data(run.output.utf8)).envoy
      #expect(envoy.listener == listener && envoy.cluster == cluster, "\(source)")
      #expect(envoy.endpoints.map(\.address) == endpoints, "\(source)")
      #expect(envoy.flag == "UF,URX", "\(source)")
    }
  }

  /// The line that the connection leaves in the log, in the cluster of before and of now.
  @Test(arguments: [
    ("before", "hazelcast", "PassthroughCluster", "same", "PassthroughCluster"),
    (
      "after", "hazelcast-external-name", "PassthroughCluster", "different",
      "outbound|5701||app-ext.app.svc.cluster.local"
    ),
    (
      "after", "hazelcast-external-name", "outbound|5701||app-ext.app.svc.cluster.local", "same",
      "outbound|5701||app-ext.app.svc.cluster.local"
    ),
  ])
  func bothSourcesExplainTheSameLine(
    _ proxy: String, _ manifest: String, _ logged: String, _ comparison: String, _ cluster: String
  ) throws {
    let line = """
      [2020-07-22T20:10:00.000Z] "- - -" 0 UF,URX "-" "-" 0 0 9 - "-" "-" "-" "-" "10.12.2.9:5701" \(logged) - \
      10.12.2.9:5701 10.12.0.12:51426 - -

      """
    let file = Repository.path("golden/manifests/\(manifest).json")
    for (index, source) in Self.sources(proxy, manifest).enumerated() {
      let pod = index == 0 ? [] : ["--pod", file] + Self.pod
      let run = try Program.run(
        [Tool.path, "access-log", "--format", "json"] + pod + source, input: line, separatingErrors: true)
      let answer = try JSONDecoder().decode(LogAnswer.self, from: Data(run.output.utf8))
      #expect(answer.lines.first?.now == .init(comparison: comparison, cluster: cluster), "\(source) \(run)")
    }
  }
}
