import Intercept
import KubernetesObjects

extension Injector {
  /// The reason for which Istio installs no rules for a pod without a container that installs or checks them; nil if it
  /// does.
  var reasonAgainstRules: String? {
    if pod.hasInjectionStatus {
      return """
        it is injected (annotation \(IstioAnnotation.status)) and has neither a container \
        \(IstioContainer.initialization) nor \(IstioContainer.validation)
        """
    }
    if let role = pod.proxy?.proxyRole, role != "sidecar" {
      return "its proxy is a \(role.onOneLine), not a sidecar"
    }
    if let exclusion { return exclusion }
    if let reason = mesh.templates.reasonAgainstRules(pod) { return reason }
    return mode.text == "NONE" ? "\(mode.name) is NONE" : nil
  }
}
