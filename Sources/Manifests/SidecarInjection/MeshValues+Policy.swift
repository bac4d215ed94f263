import Intercept
import KubernetesObjects

extension MeshValues {
  /// Returns the reason for which the injector's own configuration leaves a pod as it is; nil if it does not.
  ///
  /// The corresponding Istio function is `injectRequired`.
  func reasonAgainstInjection(of pod: Pod) -> String? {
    let policy = self[.autoInject] ?? "enabled"
    let reason =
      "the injector's policy is \(policy.onOneLine) (\(value(.autoInject)?.source.description ?? ""))"
    guard ["enabled", "disabled"].contains(policy) else { return reason }
    let request = pod.labels[IstioLabel.inject] ?? pod.annotations[IstioAnnotation.inject] ?? ""
    if ["true", "false"].contains(request) { return nil }
    if neverInject.contains(where: { $0.selects(pod.labels) }) {
      return "a selector of the injector (neverInjectSelector) excludes its labels"
    }
    return policy == "enabled" || alwaysInject.contains { $0.selects(pod.labels) } ? nil : reason
  }
}
