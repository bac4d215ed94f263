import Intercept

/// A kernel interface that holds rules. Packets traverse the rules of both.
public enum RuleInterface: String, Hashable, Sendable {
  case nfTables = "nf_tables"
  /// x_tables, which the programs of iptables-legacy write.
  case legacy = "iptables-legacy"

  /// The interface that the options do not select.
  var other: RuleInterface { self == .legacy ? .nfTables : .legacy }

  /// The tables that have the rules.
  ///
  /// - Parameter isNative: true for the native form of nf_tables.
  func origin(isNative: Bool) -> RuleOrigin {
    switch self {
    case .nfTables: isNative ? .native : .iptablesNFT
    case .legacy: .legacy
    }
  }

  /// The command that removes the rules of this interface alone.
  var removal: String {
    switch self {
    case .nfTables: "clean --force-iptables-binary nft"
    case .legacy: "clean --force-iptables-binary legacy"
    }
  }
}

extension RuleInterface: CustomStringConvertible {
  public var description: String { rawValue }
}
