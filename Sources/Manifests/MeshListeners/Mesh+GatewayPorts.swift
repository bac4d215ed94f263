import Intercept
import KubernetesObjects
import MeshModel
import SidecarInjection

extension Mesh {
  /// Returns true if a Gateway selects a pod: by the pod's labels, or by its Services.
  func selects(_ gateway: Gateway, _ pod: PodOptions) -> Bool {
    guard let origin = gateway.origin else { return gateway.selector.isSatisfied(by: pod.labels) }
    guard isMissing(origin) else { return !targets(of: origin, pod).isEmpty }
    return origin.object.namespace == pod.object.namespace
      && pod.labels[IstioLabel.gatewayName] == origin.object.name
  }

  /// Returns the pod's ports that a port of a Gateway leads to. For a selector it is the target port of the oldest Service
  /// with the port, else the port itself; for Services it is each of their target ports.
  ///
  /// The corresponding Istio function is `resolvePorts`.
  func ports(of server: GatewayServer, _ gateway: Gateway, _ pod: PodOptions) -> [Port] {
    let number = server.number
    guard let origin = gateway.origin else {
      return [
        inboundTargets(of: pod).first { $0.service == number && !$0.keepsGatewayPorts }?.port ?? number
      ]
    }
    if isMissing(origin) { return [number] }
    return targets(of: origin, pod).filter { $0.service == number }.map(\.port).distinct
  }

  /// True if the list has none of the Services. Those that Istio makes do not translate ports.
  private func isMissing(_ origin: Gateway.Origin) -> Bool {
    !hosts.contains { origin.services.contains($0.host) }
  }

  private func targets(of origin: Gateway.Origin, _ pod: PodOptions) -> [InboundTarget] {
    inboundTargets(of: pod).filter { target in
      target.namespace == origin.object.namespace && target.host.map(origin.services.contains) ?? false
    }
  }
}
