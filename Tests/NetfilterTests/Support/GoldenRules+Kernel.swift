import TestSupport

extension GoldenRules {
  /// Has iptables' own program put them into the namespace.
  func restore() throws {
    for file in files { try Iptables.restore(file.text(), file.family) }
  }
}
