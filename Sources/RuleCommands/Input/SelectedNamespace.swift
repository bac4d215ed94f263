package import Intercept
package import Netfilter

/// The network namespace that the options select. It is opened at its first use, and all later uses share the
/// descriptor: a path, a process id or a pod that changes meanwhile cannot lead to another namespace.
package final class SelectedNamespace {
  package let choice: RunOptions.Namespace
  private var opened: Opened?

  /// An open namespace, and a process that was found in it.
  private struct Opened {
    let namespace: NetworkNamespace
    let process: Int32?
  }

  package init(_ choice: RunOptions.Namespace) {
    self.choice = choice
  }

  /// Returns a process of the namespace: that of `--pid`, or the sandbox's of `--pod-name`; nil for another choice.
  package func process() throws -> Int32? { try select().process }

  package func open() throws -> NetworkNamespace { try select().namespace }

  private func select() throws -> Opened {
    if let opened { return opened }
    let selected: Opened
    switch choice {
    case .current: selected = Opened(namespace: .current, process: nil)
    case .path(let name): selected = Opened(namespace: try .open(name), process: nil)
    case .process(let pid): selected = Opened(namespace: try .open(process: pid), process: pid)
    case .pod(let pod):
      let (namespace, process) = try RunningProgram.pods().openNamespace(of: pod)
      selected = Opened(namespace: namespace, process: process)
    }
    opened = selected
    return selected
  }
}
