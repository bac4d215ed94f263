import Intercept

struct ExcludedAndIncludedRule: LintRule {
  let name = "excluded-and-included"
  let documentation = """
    A port that is excluded and included as well, in the same direction. Inbound, a list of included ports wins and \
    exclusions mean nothing; outbound, the exclusion wins.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.podFindings(from: .possible) { member, traffic in
      let inbound = overlap(traffic.inbound, traffic.excludedInbound).map { ports in
        finding(
          member, ports, traffic.excludedInbound, traffic.inbound,
          "it is captured: where ports are listed, exclusions mean nothing", keep: "inclusion")
      }
      let outbound = overlap(traffic.outbound, traffic.excludedOutbound).map { ports in
        finding(
          member, ports, traffic.excludedOutbound, traffic.outbound,
          "it is not captured: exclusions come first", keep: "exclusion")
      }
      return [inbound, outbound].compactMap(\.self)
    }
  }

  /// What two lists have in common; nil where the first is every port.
  private func overlap(_ included: CapturedPorts.Ports, _ excluded: CapturedPorts.Ports) -> [PortRange]? {
    guard let ranges = included.ranges, let others = excluded.ranges else { return nil }
    let common = ranges.flatMap { range in
      others.filter(range.overlaps).map { range.clamped(to: $0) }
    }
    return common.isEmpty ? nil : common
  }

  private func finding(
    _ member: MeshPod, _ ports: [PortRange], _ excluded: CapturedPorts.Ports, _ included: CapturedPorts.Ports,
    _ effect: String, keep: String
  ) -> Finding {
    let texts = ports.map(\.text)
    return Finding(
      member.pod.object, port: ports.first?.single,
      "\(texts.count == 1 ? "port" : "ports") \(texts.sentence): excluded by \(excluded.name), included by \(included.name)",
      effect: effect, remedy: "take it out of one of them; as it is, the \(keep) counts")
  }
}
