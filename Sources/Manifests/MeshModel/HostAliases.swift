import KubernetesObjects

/// The ExternalName Services that are aliases of other hosts, over any number of aliases. A loop leads nowhere.
///
/// The corresponding Istio function is `resolveServiceAliases`.
struct HostAliases: Sendable {
  private(set) var targets: [String: String] = [:]
  private(set) var byTarget: [String: [MeshHost]] = [:]

  init(_ hosts: [MeshHost]) {
    let aliases = hosts.filter(\.isExternalName)
    let next = Dictionary(aliases.map { ($0.host, $0.externalName ?? "") }) { first, _ in first }
    for alias in aliases {
      var seen: Set<String> = []
      var name = alias.host
      while let target = next[name], seen.insert(name).inserted { name = target }
      guard next[name] == nil else { continue }
      targets[alias.host] = name
      byTarget[name, default: []].append(alias)
    }
  }
}

extension Mesh {
  /// Returns the host that an alias leads to; nil for a name that is no alias.
  package func aliasTarget(of name: String) -> String? { aliases.targets[name] }

  /// Returns the aliases of a host, the oldest first.
  package func aliases(of host: MeshHost) -> [MeshHost] { aliases.byTarget[host.host] ?? [] }

  /// Returns the names of a host, as clients in a namespace write them.
  package func names(of host: MeshHost, for namespace: String) -> [String] {
    guard host.isService else { return [host.host] }
    let (name, owner) = (host.object.name, host.object.namespace)
    return [host.host] + (owner == namespace ? [name] : []) + ["\(name).\(owner)", "\(name).\(owner).svc"]
  }
}
