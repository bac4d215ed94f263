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

  /// Returns the TLS of a host's port; nil if no DestinationRule sets it. That of a subset takes precedence.
  package func tls(_ port: Port, subset name: String) -> ClientTLSMode? {
    subset(name)?.policy?.tls(port) ?? policy?.tls(port)
  }

  /// True if connections keep their own destination.
  package func keepsDestination(subset name: String) -> Bool {
    (subset(name)?.policy ?? policy)?.keepsDestination ?? false
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
