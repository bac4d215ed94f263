import KubernetesObjects

/// The hosts that an egress listener of a Sidecar imports.
struct ImportedHosts: Sendable {
  /// The patterns of hosts by the text before the slash: a namespace, `*` or `.`, with `~` for hosts to leave out.
  private var byNamespace: [String: HostPatternIndex] = [:]

  init(_ listener: Sidecar.EgressListener) {
    let patterns = listener.hosts.compactMap { QualifiedPattern($0) }
    for (namespace, patterns) in Dictionary(grouping: patterns, by: \.namespace) {
      byNamespace[namespace] = HostPatternIndex(patterns.map { ($0.host, 0) })
    }
  }

  /// Returns true if a host of the namespace `owner` is imported by the workloads of a namespace.
  ///
  /// - Parameter excludes: true if `~` before a namespace leaves hosts out.
  func contains(_ host: String, of owner: String, for namespace: String, excludes: Bool) -> Bool {
    let names = owner == namespace ? ["*", owner, "."] : ["*", owner]
    if excludes, (["~"] + names.map { "~" + $0 }).contains(where: { byNamespace[$0]?.matches(host) == true })
    {
      return false
    }
    return names.contains { byNamespace[$0]?.matches(host) == true }
  }
}

/// A pattern of an egress listener: `namespace/host`.
struct QualifiedPattern {
  let namespace: String
  let host: HostPattern

  /// Nil for a text without a slash.
  init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    namespace = parts[0]
    host = HostPattern(parts[1])
  }

  /// Returns true if the pattern is about the hosts of the namespace `owner`, for the workloads of a namespace.
  func includes(_ owner: String, for namespace: String) -> Bool {
    self.namespace == "*" || self.namespace == owner || self.namespace == "." && owner == namespace
  }
}

/// A Sidecar and the hosts that its listeners for outgoing connections import.
struct IndexedSidecar: Sendable {
  let sidecar: Sidecar
  /// One for each listener of ``Sidecar/effectiveEgress``.
  let imports: [ImportedHosts]

  init(_ sidecar: Sidecar) {
    self.sidecar = sidecar
    imports = sidecar.effectiveEgress.map(ImportedHosts.init)
  }

  var selector: [String: String] { sidecar.selector }
}

extension Sidecar {
  /// The listeners of a Sidecar that has none: one for all hosts.
  static let defaultEgress = [EgressListener(hosts: ["*/*"])]

  /// The listeners for outgoing connections, or the default ones.
  var effectiveEgress: [EgressListener] { egress.isEmpty ? Self.defaultEgress : egress }
}
