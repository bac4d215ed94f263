package import Intercept
package import Netfilter

/// The network namespace that the options select. It is opened at its first use, and all later uses share the
/// descriptor: a path or process id that changes meanwhile cannot lead to another namespace.
package final class SelectedNamespace {
  package let choice: RunOptions.Namespace
  private var opened: NetworkNamespace?

  package init(_ choice: RunOptions.Namespace) {
    self.choice = choice
  }

  /// The process of `--pid`; nil for another choice.
  package var process: Int32? {
    switch choice {
    case .process(let pid): pid
    case .current, .path: nil
    }
  }

  package func open() throws(NamespaceError) -> NetworkNamespace {
    if let opened { return opened }
    let namespace = try NetworkNamespace.open(choice)
    opened = namespace
    return namespace
  }
}
