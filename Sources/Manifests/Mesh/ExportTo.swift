/// The namespaces that are told of an object.
enum ExportTo: Hashable, Sendable {
  case everywhere
  case only(Set<String>)

  /// Reads `exportTo`: `*` is everywhere, `.` the object's own namespace, `~` nowhere, anything else a namespace.
  init(_ words: [String], in namespace: String) {
    if words.contains("*") || words.isEmpty {
      self = .everywhere
    } else if words.contains("~") {
      self = .only([])
    } else {
      self = .only(Set(words.map { $0 == "." ? namespace : $0 }))
    }
  }

  func reaches(_ namespace: String) -> Bool {
    switch self {
    case .everywhere: true
    case .only(let namespaces): namespaces.contains(namespace)
    }
  }
}
