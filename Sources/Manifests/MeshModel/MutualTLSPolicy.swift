package import Intercept
package import KubernetesObjects
import SidecarInjection

/// The effective PeerAuthentications of a workload.
///
/// The corresponding Istio function is `ComposePeerAuthentication`.
package struct MutualTLSPolicy: Sendable {
  /// A mode and the object that sets it; nil for Istio's default.
  package struct Setting: Sendable {
    package let mode: MutualTLSMode
    package let object: ObjectName?
  }

  /// The mode of ports without one of their own.
  package let setting: Setting
  package let ports: [Port: Setting]

  package func setting(of port: Port) -> Setting { ports[port] ?? setting }

  fileprivate init(_ policies: [PeerAuthentication], _ workload: PeerAuthentication?) {
    var setting = Setting(mode: .permissive, object: nil)
    for policy in policies + [workload].compactMap(\.self) {
      if let mode = policy.mode { setting = Setting(mode: mode, object: policy.object) }
    }
    self.setting = setting
    ports = (workload?.ports ?? [:]).mapValues { mode in
      mode.map { Setting(mode: $0, object: workload?.object) } ?? setting
    }
  }
}

extension Mesh {
  /// Returns the mutual TLS that the proxy of a workload accepts. Of several policies with the same scope the oldest
  /// applies.
  package func mutualTLS(of labels: [String: String], in namespace: String) -> MutualTLSPolicy {
    let workload = peerAuthentications[namespace]?.first { policy in
      namespace != values.rootNamespace && !policy.selector.isEmpty && policy.selector.isSatisfied(by: labels)
    }
    return MutualTLSPolicy(defaultPolicies(of: namespace), workload)
  }

  /// Returns the mutual TLS of a namespace, which a client assumes of a host.
  package func mutualTLSSetting(ofNamespace namespace: String) -> MutualTLSPolicy.Setting {
    MutualTLSPolicy(defaultPolicies(of: namespace), nil).setting
  }

  /// The policies without a selector: of the mesh, then of the namespace.
  private func defaultPolicies(of namespace: String) -> [PeerAuthentication] {
    let scopes = namespace == values.rootNamespace ? [namespace] : [values.rootNamespace, namespace]
    return scopes.compactMap { peerAuthentications[$0]?.first { $0.selector.isEmpty } }
  }
}
