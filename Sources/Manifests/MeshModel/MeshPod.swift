import Intercept
package import KubernetesObjects
package import SidecarInjection

/// A pod and its part in the mesh.
package struct MeshPod: Sendable {
  package let pod: Pod
  package let injectionStatus: InjectionStatus
  package let proxy: ProxyConfig?
  /// The ports that the rules capture; nil if there are no rules, or they are unknown.
  package let capturedPorts: CapturedPorts?
  /// The reasons for which Istio's injector rejects the pod.
  package let problems: [InjectionProblem]

  init(_ pod: Pod, _ injectionStatus: InjectionStatus, _ interception: PodInterception) {
    self.pod = pod
    self.injectionStatus = injectionStatus
    proxy = interception.proxy
    capturedPorts = injectionStatus == .notInjected ? nil : interception.capturedPorts
    problems = injectionStatus == .notInjected ? [] : interception.problems
  }

  /// Returns all pods of a list.
  ///
  /// - Parameters:
  ///   - release: the release of the injector.
  ///   - assumesInjection: true to expect injection of pods without any sign of the mesh.
  static func all(
    _ list: ObjectList, _ mesh: MeshValues, release: IstioRelease, assumesInjection: Bool
  ) -> [MeshPod] {
    var known: [PodInterception.Inputs: PodInterception] = [:]
    func interception(of pod: Pod) -> PodInterception {
      let inputs = PodInterception.Inputs(pod)
      if let interception = known[inputs] { return interception }
      let interception = PodInterception(pod, mesh, release)
      known[inputs] = interception
      return interception
    }
    return list.pods.map { pod in
      let found = InjectionStatus(pod, namespace: list.namespaces[pod.object.namespace] ?? [:])
      let status = found == .undetermined && assumesInjection ? .expected : found
      return MeshPod(pod, status, interception(of: pod))
    }
  }
}

/// The injection status of a pod, ordered by certainty of a proxy.
package enum InjectionStatus: Int, Comparable, Sendable {
  /// The pod has no proxy and will get none.
  case notInjected
  /// The manifest does not determine it.
  case undetermined
  /// The pod will be injected: it requests a proxy or configures one.
  case expected
  /// The pod has a proxy.
  case injected

  package static func < (left: InjectionStatus, right: InjectionStatus) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension InjectionStatus {
  /// The system namespaces, which the injector skips.
  static let systemNamespaces: Set<String> = ["kube-system", "kube-public", "kube-node-lease"]

  /// - Parameter namespace: the labels of the pod's namespace.
  init(_ pod: Pod, namespace: [String: String]) {
    if pod.proxy != nil, pod.appContainers.isEmpty {
      // A gateway has no rules.
      self = .notInjected
    } else if pod.isInjected {
      self = .injected
    } else if Self.isSkipped(pod, namespace) {
      self = .notInjected
    } else if Self.requestsInjection(pod, namespace) {
      self = .expected
    } else if Self.isAmbient(pod, namespace) {
      self = .notInjected
    } else {
      self = pod.annotations.isEmpty && pod.proxy == nil ? .undetermined : .expected
    }
  }

  /// Returns true if the injector does not see the pod or leaves it unchanged. The webhook does not select pods of
  /// namespaces whose label `istio-injection` has a value other than `enabled`.
  private static func isSkipped(_ pod: Pod, _ namespace: [String: String]) -> Bool {
    pod.usesHostNetwork || pod.disablesInjection || pod.isLive
      || systemNamespaces.contains(pod.object.namespace)
      || namespace[IstioLabel.injection].map { $0 != "enabled" } ?? false
  }

  private static func requestsInjection(_ pod: Pod, _ namespace: [String: String]) -> Bool {
    pod.labels[IstioLabel.inject] == "true" || pod.labels[IstioLabel.revision] != nil
      || namespace[IstioLabel.injection] == "enabled" || namespace[IstioLabel.revision] != nil
  }

  /// Returns true if the pod is in an ambient mesh, which has no sidecars and other rules.
  private static func isAmbient(_ pod: Pod, _ namespace: [String: String]) -> Bool {
    (pod.labels[IstioLabel.dataplaneMode] ?? namespace[IstioLabel.dataplaneMode]) == "ambient"
  }
}
