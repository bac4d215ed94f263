/// A Gateway as a VirtualService names it.
enum GatewayReference: Hashable, Sendable {
  /// All sidecars.
  case mesh
  /// By namespace and name: `app/gw`.
  case gateway(String)

  /// Reads the word `mesh`, `namespace/name` with a dot for the own namespace, or a name in the own namespace. Of old
  /// there is also `name.namespace`, and what stands behind that as in a host: `gw.app.svc.cluster.local`.
  init(_ text: String, in namespace: String) {
    self = text == "mesh" ? .mesh : .gateway(Self.path(text, namespace))
  }

  private static func path(_ text: String, _ namespace: String) -> String {
    guard !text.contains("/") else { return text.hasPrefix("./") ? namespace + text.dropFirst() : text }
    let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    return parts.count > 1 ? "\(parts[1])/\(parts[0])" : "\(namespace)/\(text)"
  }

  /// The Gateway's namespace and name; nil for sidecars.
  var path: String? {
    switch self {
    case .mesh: nil
    case .gateway(let path): path
    }
  }
}
