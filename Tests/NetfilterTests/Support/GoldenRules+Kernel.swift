import TestSupport

extension GoldenRules {
  /// Restores the rules in the namespace with iptables' own program.
  func restore() throws {
    for file in files { try file.family.map { try Iptables.restore(file.text(), $0) } }
  }
}
