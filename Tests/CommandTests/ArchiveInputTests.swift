import Foundation
import TestSupport
import Testing

/// Archives in the layout of `istioctl bug-report`, as the input of every command that reads such contents.
struct ArchiveInputTests {
  private static let pod = """
    apiVersion: v1
    kind: List
    items:
    - apiVersion: v1
      kind: Pod
      metadata: {name: web-1, namespace: shop}
      spec: {containers: [{name: web, ports: [{containerPort: 8080}]}, {name: istio-proxy}]}
    """
  private static let dump = """
    {"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump", "static_listeners": [
      {"listener": {"name": "virtualOutbound", "use_original_dst": true,
        "address": {"socket_address": {"address": "0.0.0.0", "port_value": 15001}},
        "filter_chains": [{"filters": [{"name": "envoy.filters.network.tcp_proxy",
          "typed_config": {"cluster": "PassthroughCluster"}}]}]}}]}]}
    """
  private static let log = """
    [2020-07-23T14:26:27.081Z] "- - -" 0 - "-" "-" 6 0 506 - "-" "-" "-" "-" "10.12.0.12:5701" \
    outbound|5701||a.b.svc.cluster.local 10.12.0.12:51100 10.0.23.154:5701 10.12.0.12:47316 - -

    """

  /// The files of a pod, and of the cluster.
  private func files(pods: [String]) throws -> Folder {
    let rules = try Tool.run(["print", "--profile", "sidecar"]).output
    var files = ["bug-report/cluster/k8s-resources": Self.pod, "bug-report/versions": "kind: none"]
    for pod in pods {
      let folder = "bug-report/proxies/shop/\(pod)"
      files["\(folder)/config_dump?include_eds"] = Self.dump
      files["\(folder)/istio-proxy.log"] = Self.log
      files["\(folder)/istio-init.txt"] = rules
    }
    return try Folder(files)
  }

  @Test func everyCommandFindsItsContents() throws {
    let folder = try files(pods: ["web-1"])
    let file = try folder.archive("--gzip", of: ["bug-report"])
    #expect(try Tool.run(["print", "--pod", file]).output.contains("ISTIO_OUTPUT"))
    #expect(try Tool.run(["diff", "--profile", "sidecar", file]).status == 0)
    #expect(try Tool.run(["guess", file]).output.contains("istio sidecar"))
    #expect(try Tool.run(["access-log", file]).output.contains("10.0.23.154:5701"))
    let trace = try Tool.run([
      "trace", "--profile", "sidecar", "--envoy-config", file, "outbound", "--to", "10.0.0.1:80",
    ])
    #expect(trace.status == 0 && trace.output.contains("PassthroughCluster"), "\(trace)")
  }

  @Test func oneOfSeveralFilesIsNamed() throws {
    let folder = try files(pods: ["web-1", "web-2"])
    let file = try folder.archive("--gzip", of: ["bug-report"])
    let both = try Tool.run(["diff", "--profile", "sidecar", file])
    #expect(both.status == 2 && both.errors.contains("\(file):bug-report/proxies/shop/web-2/istio-init.txt"))
    let names = ["web-1", "web-2"].map { "\(file):bug-report/proxies/shop/\($0)/istio-init.txt" }
    #expect(try Tool.run(["diff"] + names).status == 0)
    #expect(try Tool.run(["diff", "--profile", "sidecar", "\(file):istio-init.txt"]).status == 2)
  }

  @Test func contentsThatAreMissingAreAnError() throws {
    let folder = try Folder(["bug-report/versions": "1.27.0"])
    let file = try folder.archive("--gzip")
    for words in [["lint", file], ["diff", file], ["access-log", file], ["print", "--pod", file]] {
      let run = try Tool.run(words)
      #expect(run.status != 0 && run.errors.contains(file), "\(run)")
    }
  }
}
