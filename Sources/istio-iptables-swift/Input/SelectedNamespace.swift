import Intercept
import Netfilter

/// The network namespace that the options select. It is opened at its first use, and all later uses share the
/// descriptor: a path or process id that changes meanwhile cannot lead to another namespace.
final class SelectedNamespace {
  let choice: RunOptions.Namespace
  private var opened: NetworkNamespace?

  init(_ choice: RunOptions.Namespace) {
    self.choice = choice
  }

  /// The process of `--pid`; nil for another choice.
  var process: Int32? {
    switch choice {
    case .process(let pid): pid
    case .current, .path: nil
    }
  }

  func open() throws(NamespaceError) -> NetworkNamespace {
    if let opened { return opened }
    let namespace = try NetworkNamespace.open(choice)
    opened = namespace
    return namespace
  }
}
