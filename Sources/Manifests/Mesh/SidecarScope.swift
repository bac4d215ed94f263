import Intercept

/// What the proxies of a workload are told of: everything that is exported to their namespace, and of that what a
/// Sidecar lets through.
struct SidecarScope: Sendable {
  let namespace: String
  private let egress: [Sidecar.Egress]

  /// - Parameters:
  ///   - labels: the workload's; nil for what holds for a whole namespace.
  ///   - sidecars: all there are, by namespace.
  ///   - root: the namespace whose Sidecar is everybody's default.
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

  /// Whether a listener is made for a port of a host.
  func includes(_ host: MeshHost, port: Port) -> Bool {
    guard host.exposure.reaches(namespace) else { return false }
    guard !egress.isEmpty else { return true }
    return egress.contains { listener in
      (listener.port == nil || listener.port == port)
        && listener.hosts.contains { imports($0, host.host, of: host.object.namespace) }
    }
  }

  /// Whether `namespace/host` of a Sidecar means a host.
  private func imports(_ pattern: String, _ host: String, of owner: String) -> Bool {
    let parts = pattern.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return false }
    let isNamespace = parts[0] == "*" || parts[0] == owner || parts[0] == "." && owner == namespace
    return isNamespace && HostPattern(parts[1]).matches(host)
  }
}

/// A host as Istio's objects write it: whole, or with a star for its first parts.
struct HostPattern: Hashable, Sendable {
  let text: String

  init(_ text: String) { self.text = text }

  func matches(_ host: String) -> Bool {
    if text == "*" { return true }
    return text.hasPrefix("*") ? host.hasSuffix(text.dropFirst()) : text == host
  }
}

extension [String: String] {
  /// Whether labels have everything that this selector asks for. An empty selector selects nothing.
  func isSatisfied(by labels: [String: String]) -> Bool {
    !isEmpty && allSatisfy { labels[$0.key] == $0.value }
  }
}
