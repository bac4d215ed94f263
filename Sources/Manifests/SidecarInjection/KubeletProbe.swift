public import Intercept
import KubernetesObjects

/// An HTTP probe of the kubelet, as the injected pod has it.
public struct KubeletProbe: Hashable, Sendable {
  /// `readinessProbe of container web`.
  public let name: String
  public let path: String
  public let port: Port
}

extension Pod {
  /// The HTTP probes of the app's containers. A probe of a port whose name no container has is left out.
  ///
  /// - Parameter values: the settings of the injector, which sends probes to the agent unless they disable it.
  func kubeletProbes(_ values: MeshValues) -> [KubeletProbe] {
    let setting = annotations[IstioAnnotation.rewriteProbes].flatMap(Bool.init(goText:))
    let isRewritten = ruleContainer == nil && (setting ?? (values[.rewriteProbes] != "false"))
    return appContainers.flatMap { container in
      container.probes.compactMap { probe in
        isRewritten ? probe.rewritten(of: container) : probe.original(of: container)
      }
    }
  }
}

extension HTTPProbe {
  private func name(of container: Container) -> String { "\(field) of container \(container.name)" }

  fileprivate func original(of container: Container) -> KubeletProbe? {
    let number: Port? =
      switch port {
      case .number(let number): number
      case .name(let name): container.ports.first { $0.name == name }?.number
      }
    return number.map { KubeletProbe(name: name(of: container), path: path, port: $0) }
  }

  /// The probe of the agent that replaces this one: `/app-health/web/readyz` on port 15020.
  fileprivate func rewritten(of container: Container) -> KubeletProbe {
    let kind = ["startupProbe": "startupz", "livenessProbe": "livez"][field] ?? "readyz"
    return KubeletProbe(
      name: name(of: container), path: "/app-health/\(container.name)/\(kind)", port: .agentStatus)
  }
}
