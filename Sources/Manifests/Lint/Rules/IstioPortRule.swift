import Intercept

struct IstioPortRule: LintRule {
  let name = "istio-port"
  let documentation = """
    A port of an app's container that is one of Istio's own: 15000 to 15010, 15020, 15021, 15053, 15090. The proxy or \
    its agent listens there, or will.
    """

  private static let ranges: [PortRange] = [
    15000...15010, 15020...15021, PortRange(15053), PortRange(15090),
  ]

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.podFindings(from: .possible) { member, _ in
      member.pod.appContainers.flatMap { container in
        container.ports.map(\.number).filter { number in Self.ranges.contains { $0.contains(number) } }.map {
          Finding(
            member.pod.object, port: $0,
            "container \(container.name) has port \($0), which is one of Istio's own",
            effect:
              "the proxy or its agent wants that port too: one of the two does not start, or gets no connections",
            remedy: "have the app listen on another port")
        }
      }
    }
  }
}
