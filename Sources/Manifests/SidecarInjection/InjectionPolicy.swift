import Intercept
package import KubernetesObjects

/// The conditions under which the injector changes a pod: of its webhook, which selects pods by labels, and its own.
package enum InjectionPolicy {
  /// The namespaces that the injector skips (`IgnoredNamespaces`).
  package static let systemNamespaces: Set<String> = [
    "kube-system", "kube-public", "kube-node-lease", "local-path-storage",
  ]

  /// Returns true if the pod or its namespace requests injection.
  package static func requestsInjection(_ pod: Pod, _ namespace: Namespace) -> Bool {
    pod.labels[IstioLabel.inject] == "true" || pod.labels[IstioLabel.revision] != nil
      || namespace.labels[IstioLabel.injection] == "enabled" || namespace.labels[IstioLabel.revision] != nil
  }

  /// Returns the reason for which a pod that has not been injected never will be; nil if it may be.
  package static func exclusion(of pod: Pod, _ namespace: Namespace) -> String? {
    if pod.usesHostNetwork { return "the injector skips pods on the host's network (hostNetwork: true)" }
    if systemNamespaces.contains(pod.object.namespace) {
      return "the injector skips the namespace \(pod.object.namespace)"
    }
    if let value = namespace.labels[IstioLabel.injection], value != "enabled" {
      return "namespace \(namespace.name) has the label \(IstioLabel.injection)=\(value.onOneLine)"
    }
    if pod.disablesInjection { return "\(IstioLabel.inject) is false, so the injector skips the pod" }
    return ambientReason(pod, namespace)
  }

  /// The reason of pods in an ambient mesh, which has no sidecars and other rules.
  private static func ambientReason(_ pod: Pod, _ namespace: Namespace) -> String? {
    if pod.annotations[IstioAnnotation.ambientRedirection] == "enabled" {
      return
        "it is in an ambient mesh (\(IstioAnnotation.ambientRedirection): enabled), which has no sidecars"
    }
    guard !requestsInjection(pod, namespace),
      (pod.labels[IstioLabel.dataplaneMode] ?? namespace.labels[IstioLabel.dataplaneMode]) == "ambient"
    else { return nil }
    return "it is in an ambient mesh (\(IstioLabel.dataplaneMode): ambient), which has no sidecars"
  }
}
