package import Intercept
package import KubernetesObjects
import SidecarInjection

/// The DestinationRules of a host as a client sees them, merged.
///
/// The corresponding Istio functions are `SidecarScope.DestinationRule` and `mergeDestinationRule`.
package struct DestinationPolicy: Sendable {
  /// The merged objects, the oldest first.
  package let objects: [ObjectName]
  private let policy: DestinationRule.Policy?
  private let subsets: [DestinationRule.Subset]

  fileprivate init(_ rules: [DestinationRule]) {
    objects = rules.map(\.object)
    policy = rules.lazy.compactMap(\.policy).first
    subsets = rules.flatMap(\.subsets)
  }

  package var subsetNames: [String] { subsets.map(\.name) }

  private func subset(_ name: String) -> DestinationRule.Subset? { subsets.first { $0.name == name } }

  /// Returns the labels of a subset; nil if there is none of the name.
  package func labels(ofSubset name: String) -> [String: String]? { subset(name)?.labels }

  /// Returns the settings of a port's cluster; nil without any. Those of a subset take precedence.
  ///
  /// The corresponding Istio function is `MergeSubsetTrafficPolicy`.
  private func settings(_ port: Port, subset name: String) -> DestinationRule.Settings? {
    let whole = policy?.settings(of: port)
    return subset(name)?.policy?.settings(of: port, inherited: whole) ?? whole
  }

  /// Returns the TLS of a port's cluster; nil if no DestinationRule sets it.
  package func tls(_ port: Port, subset name: String) -> ClientTLSMode? {
    settings(port, subset: name)?.tls
  }

  /// Returns the TLS that decides about automatic mutual TLS of an endpoint; nil if no DestinationRule does.
  ///
  /// The corresponding Istio function is `tlsModeForDestinationRule`.
  package func endpointTLS(_ port: Port, subset name: String) -> ClientTLSMode? {
    (name.isEmpty ? policy : subset(name)?.policy)?.endpointTLS(of: port)
  }

  /// Returns the same with the subset that the endpoint's labels choose.
  package func endpointTLS(_ port: Port, labels: [String: String]) -> ClientTLSMode? {
    let subset = subsets.first { $0.labels.isSatisfied(by: labels) }
    return subset?.policy?.endpointTLS(of: port) ?? policy?.endpointTLS(of: port)
  }

  /// True if connections to a port keep their own destination.
  package func keepsDestination(_ port: Port, subset name: String) -> Bool {
    settings(port, subset: name)?.keepsDestination ?? false
  }
}

extension Mesh {
  /// Returns the DestinationRules for a host: those of the client's namespace, else of the host's, else of the root
  /// namespace; the one with the most specific host.
  package func destinationPolicy(of host: MeshHost, for client: [String: String], in namespace: String)
    -> DestinationPolicy?
  {
    for scope in [namespace, host.object.namespace, values.rootNamespace] {
      let candidates = (destinationRules[scope] ?? []).filter { rule in
        ExportTo(rule.exportTo, in: scope).isVisible(in: namespace)
          && HostPattern(fullName(rule.host, in: scope)).matches(host.host)
          && (rule.selector.isEmpty || scope == namespace && rule.selector.isSatisfied(by: client))
      }
      guard let longest = candidates.map({ fullName($0.host, in: scope).count }).max() else { continue }
      let exact = candidates.filter { fullName($0.host, in: scope).count == longest }
      // Rules for a workload are not merged with others.
      return exact.first { !$0.selector.isEmpty }.map { DestinationPolicy([$0]) } ?? DestinationPolicy(exact)
    }
    return nil
  }
}
