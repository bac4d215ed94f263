public import Intercept
public import Pictures

extension Graph {
  /// The pod as its ports show it: app, proxy and agent, their peers, and the sockets that listen now.
  ///
  /// - Parameters:
  ///   - report: the ports and their listeners.
  ///   - configuration: the configuration of the rules.
  public init(_ report: PortReport, _ configuration: Configuration) {
    let wrong = report.entries.count { !$0.findings.isEmpty }
    self.init(
      title: "Ports of the pod",
      summary: wrong == 0
        ? "Every port of Istio has its listener"
        : "\(wrong) of Istio's ports \(wrong == 1 ? "is" : "are") wrong")
    groups = [PodDrawing(report: report, configuration: configuration).group]
  }
}

/// A pod drawn from left to right: clients, the proxy's inbound listeners, the app, the outbound listener, services.
private struct PodDrawing {
  let report: PortReport
  let configuration: Configuration

  var group: Graph.Group {
    var group = Graph.Group(title: "", nodes: nodes, frame: "pod")
    group.edges = arrows(group)
    return group
  }

  private var nodes: [Graph.Node] {
    [
      Graph.Node("clients", title: "clients", caption: "other pods", kind: .outside),
      Graph.Node("kubelet", title: "kubelet", caption: "probes", kind: .outside),
      Graph.Node("metrics", title: "Prometheus", kind: .outside),
      process("inbound", "envoy", "inbound and administration") { $0.owner == .envoy && !isOutbound($0) },
      process("agent", "pilot-agent", "certificates, DNS, health") { $0.owner == .agent },
      app,
      process("outbound", "envoy", "outbound") { $0.owner == .envoy && isOutbound($0) },
      Graph.Node(
        "services", title: "services", caption: "of the mesh, and others", kind: .outside, isLast: true),
      Graph.Node("istiod", title: "istiod", caption: "port 15012", kind: .outside, isLast: true),
    ]
  }

  private func isOutbound(_ port: IstioPort) -> Bool { port.port == configuration.proxyPort }

  private func process(_ id: String, _ title: String, _ caption: String, _ isPart: (IstioPort) -> Bool)
    -> Graph.Node
  {
    let rows = report.entries.filter { isPart($0.port) }.map(\.row)
    return Graph.Node(id, title: title, caption: caption, kind: .process, rows: rows, isFramed: true)
  }

  /// The app's listeners, and foreign listeners on reserved ports.
  private var app: Graph.Node {
    let reserved = report.entries.filter { $0.port.owner == .unused && !$0.listeners.isEmpty }.map(\.row)
    let rows = report.others.map { Graph.Row("\($0.port)", $0.words) } + reserved
    return Graph.Node(
      "app", title: "app", caption: rows.isEmpty ? "no listener" : "", kind: .process, rows: rows,
      isFramed: true)
  }

  private func arrows(_ group: Graph.Group) -> [Graph.Edge] {
    func end(_ node: String, _ port: Port) -> Graph.End {
      let row = group.nodes.first { $0.id == node }?.rows.firstIndex { $0.label.hasPrefix("\(port)") }
      return Graph.End(node, row: row)
    }
    func arrow(_ from: Graph.End, _ to: Graph.End, _ label: String) -> Graph.Edge {
      Graph.Edge(from: from, to: to, label: label)
    }
    let inbound = end("inbound", configuration.inboundCapturePort)
    let outbound = end("outbound", configuration.proxyPort)
    return [
      arrow(Graph.End("clients"), inbound, "captured by the rules"),
      arrow(inbound, Graph.End("app"), "from 127.0.0.6, over lo"),
      arrow(Graph.End("app"), outbound, "captured by the rules"),
      arrow(outbound, Graph.End("services"), "as the proxy, not captured"),
      arrow(Graph.End("kubelet"), end("inbound", .envoyReadiness), "readiness of the proxy"),
      arrow(Graph.End("kubelet"), end("agent", .agentStatus), "health checks of the app"),
      arrow(Graph.End("metrics"), end("inbound", .envoyMetrics), "the proxy's metrics"),
      arrow(Graph.End("metrics"), end("agent", .agentStatus), "merged metrics"),
      arrow(Graph.End("agent"), Graph.End("istiod"), "configuration and certificates"),
    ]
  }
}

extension PortReport.Entry {
  /// `15006  inbound connections: 0.0.0.0, uid 1337: envoy (20)`.
  fileprivate var row: Graph.Row {
    let label = port.proto == .tcp ? "\(port.port)" : "\(port.port)/\(port.proto)"
    if !findings.isEmpty {
      return Graph.Row(
        label, "WRONG \(port.purpose): \(findings.map(\.words).joined(separator: "; "))", emphasis: .problem)
    }
    guard !listeners.isEmpty else {
      return Graph.Row(label, "\(port.purpose): unused", emphasis: .faded)
    }
    return Graph.Row(label, "\(port.purpose): \(listeners.map(\.words).joined(separator: "; "))")
  }
}
