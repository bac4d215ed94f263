public import Metrics
public import PrometheusExposition

/// The metrics of the agent. Names that Istio's agent has too mean the same.
public struct AgentMetrics: Sendable {
  /// The outcome of a repair.
  enum Outcome: String, Sendable {
    case success, skip, fail
  }

  public static let families = [
    MetricFamily(
      "istio_cni_repair_pods_repaired_total", .counter,
      help: "Pods without rules that were repaired, labelled or deleted, by type and result."),
    MetricFamily("istio_cni_install_ready", .gauge, help: "1 if the node is ready for pods of the mesh."),
    MetricFamily(
      "istio_node_agent_pods", .gauge,
      help: "Pods on the node by state: whole, drifted, broken, excluded, unknown."),
    MetricFamily(
      "istio_node_agent_drifted_pods", .gauge,
      help: "Pods whose rules differ, by kind: absent, missing, shadowed, foreign."),
    MetricFamily("istio_node_agent_audits_total", .counter, help: "Audits of all pods of the node."),
    MetricFamily(
      "istio_node_agent_audit_duration_seconds", .histogram([0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]),
      help: "Duration of an audit."),
    MetricFamily(
      "istio_node_agent_apply_duration_seconds",
      .histogram([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]),
      help: "Duration of the installation of one pod's rules, verification included."),
    MetricFamily(
      "istio_node_agent_runtime_errors_total", .counter, help: "Failed calls of the container runtime."),
    MetricFamily(
      "istio_node_agent_api_requests_total", .counter, help: "Requests to the API server by result."),
  ]

  private let factory: any MetricsFactory

  public init(_ factory: any MetricsFactory) {
    self.factory = factory
  }

  func repaired(_ mode: RepairMode, _ outcome: Outcome) {
    count(
      "istio_cni_repair_pods_repaired_total", [("type", mode.rawValue), ("result", outcome.rawValue)])
  }

  func runtimeFailed() { count("istio_node_agent_runtime_errors_total") }

  func requested(succeeded: Bool) {
    count("istio_node_agent_api_requests_total", [("result", succeeded ? "success" : "fail")])
  }

  func applied(in time: Duration) {
    Timer(label: "istio_node_agent_apply_duration_seconds", factory: factory).recordNanoseconds(
      time.nanoseconds)
  }

  func audited(in time: Duration) {
    count("istio_node_agent_audits_total")
    Timer(label: "istio_node_agent_audit_duration_seconds", factory: factory).recordNanoseconds(
      time.nanoseconds)
  }

  func set(ready: Bool) {
    gauge("istio_cni_install_ready", [], ready ? 1 : 0)
  }

  func set(_ pods: PodTable.Counts) {
    for (state, number) in pods.byState { gauge("istio_node_agent_pods", [("state", state)], number) }
    for kind in Drift.Kind.allCases {
      gauge("istio_node_agent_drifted_pods", [("kind", kind.rawValue)], pods.byDrift[kind] ?? 0)
    }
  }

  private func count(_ name: String, _ dimensions: [(String, String)] = []) {
    Counter(label: name, dimensions: dimensions, factory: factory).increment()
  }

  private func gauge(_ name: String, _ dimensions: [(String, String)], _ value: Int) {
    Meter(label: name, dimensions: dimensions, factory: factory).set(value)
  }
}

extension Duration {
  var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
