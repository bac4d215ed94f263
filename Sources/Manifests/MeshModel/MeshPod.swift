import Intercept
package import KubernetesObjects
package import SidecarInjection

/// A pod and its part in the mesh.
package struct MeshPod: Sendable {
  package let pod: Pod
  package let injectionStatus: InjectionStatus
  package let proxy: EffectiveProxyConfig?
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

  /// True if a proxy accepts mutual TLS: by the pod's label, which the injector adds, else if it has or gets a proxy.
  var acceptsMutualTLS: Bool {
    pod.labels[IstioLabel.tlsMode].map { $0 == "istio" } ?? (injectionStatus >= .expected)
  }

  /// Returns all pods of a list.
  ///
  /// - Parameter assumesInjection: true to expect injection of pods without any sign of the mesh.
  static func all(_ list: ObjectList, _ context: InjectionContext, assumesInjection: Bool) -> [MeshPod] {
    var known: [PodInterception.Inputs: PodInterception] = [:]
    func interception(of pod: Pod) -> PodInterception {
      let inputs = PodInterception.Inputs(pod, context)
      if let interception = known[inputs] { return interception }
      let interception = PodInterception(pod, context)
      known[inputs] = interception
      return interception
    }
    return list.pods.map { pod in
      let found = InjectionStatus(pod, context)
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
  init(_ pod: Pod, _ context: InjectionContext) {
    if pod.proxy != nil, pod.appContainers.isEmpty {
      // A gateway has no rules.
      self = .notInjected
    } else if pod.isInjected {
      self = pod.ruleContainer != nil || !pod.hasInjectionStatus ? .injected : .notInjected
    } else if context.exclusion(of: pod) != nil {
      self = .notInjected
    } else if InjectionPolicy.requestsInjection(pod, context.namespace(of: pod)) {
      self = .expected
    } else if pod.isLive {
      self = .notInjected
    } else {
      self = pod.annotations.isEmpty && pod.proxy == nil ? .undetermined : .expected
    }
  }
}
