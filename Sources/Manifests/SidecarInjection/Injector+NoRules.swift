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
    if let reason = InjectionPolicy.exclusion(of: pod, namespace) ?? reasonOfSelectors { return reason }
    if let reason = mesh.templates.reasonAgainstRules(pod) { return reason }
    return mode.text == "NONE" ? "\(mode.name) is NONE" : nil
  }

  private var reasonOfSelectors: String? {
    let decides = ["true", "false"].contains(
      pod.labels[IstioLabel.inject] ?? pod.annotations[IstioAnnotation.inject] ?? "")
    guard !decides, mesh.neverInject.contains(where: { $0.selects(pod.labels) }) else { return nil }
    return "a selector of the injector (neverInjectSelector) excludes its labels"
  }
}
