import Intercept

/// Probes that fail: health ports are captured or have no listener, or the proxy runs and is not ready.
enum UnreadyProxy: DoctorCheck {
  static let name = "probe-fails"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard pod.configuration != nil, DeadProxy.findings(pod).isEmpty else { return [] }
    return capturedPorts(pod) + readiness(pod) + listeners(pod) + unreachable(pod) + unanswered(pod)
      + capturedProbes(pod)
  }

  private static func capturedPorts(_ pod: Examination) -> [DoctorFinding] {
    pod.traces.compactMap { typical in
      guard case .health(let port) = typical.role, typical.trace.isCaptured else { return nil }
      return error(
        "port \(port) is captured, so the kubelet's probes and metrics end at the inbound listener and fail",
        why: [typical.trace.decision?.text, typical.trace.summary].compactMap(\.self),
        remedy: "exclude Istio's own ports: -d 15090,15021,15020")
    }
  }

  /// Istio's ports for other hosts that listen at other addresses than the pod's.
  private static func unreachable(_ pod: Examination) -> [DoctorFinding] {
    pod.istioPorts.filter { $0.scope == .anywhere && !pod.listeners(on: $0).isEmpty }.compactMap { port in
      let missed = pod.missedArrivals(at: port)
      guard !missed.isEmpty else { return nil }
      let ends = missed.map { Endpoint($0, port.port).description }.joined(separator: " or ")
      return error(
        "no process listens at \(ends) (\(port.purpose)): probes and metrics of other hosts fail",
        why: excerpt(pod.listeners(on: port).map { "a listener on \(port.port): \($0.words)" }.distinct),
        remedy:
          "let the listener bind to 0.0.0.0, or to :: with IPv4, as Istio's does: see the proxy's bootstrap and "
          + "environment (ISTIO_BOOTSTRAP_OVERRIDE, proxyMetadata)")
    }
  }

  /// Probes of ports without a listener.
  private static func unanswered(_ pod: Examination) -> [DoctorFinding] {
    pod.facts.probes.filter { probe in
      !pod.facts.listeners.contains { $0.port == probe.port && $0.proto == .tcp && !$0.isLoopbackOnly }
    }.map { probe in
      error(
        "no process listens on port \(probe.port) for other hosts: the \(probe.name) fails",
        why: ["no TCP listener on \(probe.port) beyond loopback"],
        remedy: probe.port == .agentStatus
          ? "the agent answers rewritten probes: see kubectl logs POD -c istio-proxy"
          : "let the app listen on that port, or correct the port of the probe")
    }
  }

  /// Probes that the rules redirect to the proxy.
  private static func capturedProbes(_ pod: Examination) -> [DoctorFinding] {
    pod.traces.compactMap { typical in
      guard case .probe(let probe) = typical.role, probe.port != .agentStatus, typical.trace.isCaptured else {
        return nil
      }
      return warning(
        "the \(probe.name) goes through the proxy: with strict mTLS it fails, since the kubelet has no certificate",
        why: [typical.trace.decision?.text, typical.trace.summary].compactMap(\.self),
        remedy: "let Istio rewrite probes: annotation sidecar.istio.io/rewriteAppHTTPProbers: \"true\"")
    }
  }

  private static func readiness(_ pod: Examination) -> [DoctorFinding] {
    switch pod.facts.readiness {
    case nil, .status(200, _): []
    // The route is missing.
    case .noConnection where pod.traces.contains { $0.trace.missingRoute?.destination.isLoopback == true }: []
    case .status(let status, let reason):
      [
        error(
          "the proxy is not ready: the readiness probe fails, and the pod gets no traffic",
          why: ["\(Port.envoyReadiness) /healthz/ready answers \(status) \(reason)"],
          remedy:
            "see kubectl logs POD -c istio-proxy; usually it has no configuration from istiod yet, or istiod is "
            + "not reachable (port 15012)")
      ]
    case .noAnswer(let failure):
      [
        error(
          "the proxy hangs: its readiness endpoint accepts connections and gives no HTTP answer",
          why: ["\(Port.envoyReadiness) /healthz/ready: \(failure)"],
          remedy:
            "see kubectl logs POD -c istio-proxy and its CPU limit; delete the pod if the proxy is stuck")
      ]
    case .noConnection(let failure):
      [
        error(
          "no connection reaches the proxy's readiness endpoint over lo, although a process listens there",
          why: ["127.0.0.1:\(Port.envoyReadiness): \(failure)"],
          remedy:
            "ip link set lo up, if lo is down; otherwise remove the rule that drops packets on lo (nft list ruleset, "
            + "iptables-legacy-save)")
      ]
    }
  }

  private static func listeners(_ pod: Examination) -> [DoctorFinding] {
    // Only pods with rewritten health checks need the agent's port.
    let port = Port.envoyReadiness
    guard !pod.facts.listeners.contains(where: { $0.port == port && $0.proto == .tcp }) else { return [] }
    return [
      error(
        "no process listens on port \(port), which serves the proxy's readiness: probes fail",
        why: ["no TCP listener on \(port)"],
        remedy: "see kubectl logs POD -c istio-proxy; the proxy is starting, stopping, or without its agent")
    ]
  }
}
