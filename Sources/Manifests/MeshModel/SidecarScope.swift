package import Intercept
import KubernetesObjects

/// The hosts visible to the proxies of a workload: exported to its namespace and allowed by its Sidecar.
///
/// The corresponding Istio type is `SidecarScope`.
package struct SidecarScope: Sendable {
  package let namespace: String
  private let egress: [Sidecar.EgressListener]

  /// - Parameters:
  ///   - labels: the workload's labels; nil for the default of the namespace.
  ///   - sidecars: all Sidecars, by namespace.
  ///   - root: the namespace whose Sidecar is the default of all namespaces.
  init(_ namespace: String, labels: [String: String]?, sidecars: [String: [Sidecar]], root: String) {
    self.namespace = namespace
    let own = sidecars[namespace] ?? []
    let selected = own.first { sidecar in
      !sidecar.selector.isEmpty && labels.map { sidecar.selector.isSatisfied(by: $0) } == true
    }
    let chosen =
      selected ?? own.first { $0.selector.isEmpty } ?? sidecars[root]?.first { $0.selector.isEmpty }
    egress = chosen?.egress ?? []
  }

  /// Returns true if the proxies have a listener for a port of a host.
  package func includes(_ host: MeshHost, port: Port) -> Bool {
    guard host.exportTo.isVisible(in: namespace) else { return false }
    guard !egress.isEmpty else { return true }
    return egress.contains { listener in
      (listener.port == nil || listener.port == port)
        && listener.hosts.contains { imports($0, host.host, of: host.object.namespace) }
    }
  }

  /// Returns true if the pattern `namespace/host` of a Sidecar matches a host.
  private func imports(_ pattern: String, _ host: String, of owner: String) -> Bool {
    let parts = pattern.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return false }
    let isNamespace = parts[0] == "*" || parts[0] == owner || parts[0] == "." && owner == namespace
    return isNamespace && HostPattern(parts[1]).matches(host)
  }
}

/// The namespaces that an object is exported to (`exportTo`).
package enum ExportTo: Hashable, Sendable {
  case everywhere
  case only(Set<String>)

  /// Reads `exportTo`: `*` is every namespace, `.` the object's own, `~` none.
  package init(_ words: [String], in namespace: String) {
    if words.contains("*") || words.isEmpty {
      self = .everywhere
    } else if words.contains("~") {
      self = .only([])
    } else {
      self = .only(Set(words.map { $0 == "." ? namespace : $0 }))
    }
  }

  package func isVisible(in namespace: String) -> Bool {
    switch self {
    case .everywhere: true
    case .only(let namespaces): namespaces.contains(namespace)
    }
  }
}

/// A host name, or a wildcard such as `*.example.com`.
package struct HostPattern: Hashable, Sendable {
  let text: String

  package init(_ text: String) { self.text = text }

  package func matches(_ host: String) -> Bool {
    if text == "*" { return true }
    return text.hasPrefix("*") ? host.hasSuffix(text.dropFirst()) : text == host
  }
}
