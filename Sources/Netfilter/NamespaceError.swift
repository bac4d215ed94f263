public import SystemPackage

/// Why a network namespace could not be entered.
public enum NamespaceError: Error, Hashable, Sendable {
  /// The file could not be opened.
  case unreachable(String, Errno)
  /// The file is no namespace: an ordinary file left where a namespace was once mounted, say.
  case noNamespace(String)
  /// The file is a namespace of another kind.
  case noNetworkNamespace(String)
  /// The kernel did not let the thread in.
  case refused(String, Errno)
}

extension NamespaceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreachable(let name, .noSuchFileOrDirectory) where !name.contains("/"):
      "no network namespace \(name) (looked for ./\(name) and /run/netns/\(name))"
    case .unreachable(let path, let errno): "cannot open network namespace \"\(path)\": \(errno)"
    case .noNamespace(let path): "\"\(path)\" is not a namespace"
    case .noNetworkNamespace(let path): "\"\(path)\" is a namespace, but not a network namespace"
    case .refused(let path, .notPermitted):
      "cannot enter network namespace \"\(path)\": not permitted, CAP_SYS_ADMIN is needed"
    case .refused(let path, let errno): "cannot enter network namespace \"\(path)\": \(errno)"
    }
  }
}
