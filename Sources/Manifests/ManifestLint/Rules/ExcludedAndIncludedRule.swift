import Intercept
import KubernetesObjects
import ManifestText
import MeshModel

struct ExcludedAndIncludedRule: LintRule {
  let name = "excluded-and-included"
  let documentation = """
    A port that is both excluded and included in one direction. Inbound, a list of included ports makes exclusions \
    ineffective; outbound, exclusions take precedence.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.podFindings(atLeast: .undetermined) { pod, captured in
      let inbound = overlap(captured.inbound, captured.excludedInbound).map { ports in
        finding(
          pod, ports, excluded: captured.excludedInbound, included: captured.inbound,
          effect: "it is captured: a list of included ports makes exclusions ineffective")
      }
      let outbound = overlap(captured.outbound, captured.excludedOutbound).map { ports in
        finding(
          pod, ports, excluded: captured.excludedOutbound, included: captured.outbound,
          effect: "it is not captured: exclusions take precedence")
      }
      return [inbound, outbound].compactMap(\.self)
    }
  }

  /// Returns the common ports of two lists; nil if there are none, or a list contains every port.
  private func overlap(_ included: CapturedPorts.PortList, _ excluded: CapturedPorts.PortList)
    -> [PortRange]?
  {
    guard let ranges = included.ranges, let others = excluded.ranges else { return nil }
    let common = RangeSet(ports: ranges).intersection(RangeSet(ports: others))
    return common.isEmpty ? nil : common.ports
  }

  private func finding(
    _ pod: MeshPod, _ ports: [PortRange], excluded: CapturedPorts.PortList, included: CapturedPorts.PortList,
    effect: String
  ) -> Finding {
    let texts = ports.map(\.text).sentence
    return Finding(
      pod.pod.object, port: ports.first?.single,
      "\(ports.count == 1 ? "port" : "ports") \(texts): excluded by \(excluded.name), included by \(included.name)",
      effect: effect,
      remedy: "remove \(texts) from \(included.name) to exclude it, or from \(excluded.name) to capture it")
  }
}
