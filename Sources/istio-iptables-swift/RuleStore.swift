import Intercept
import Netfilter

/// Where the rules of a namespace are kept: in nf_tables, or in the tables of iptables-legacy.
enum RuleStore {
  case nfTables(InterceptionRules)
  case legacy(NetworkNamespace)

  init(_ run: RunOptions) {
    let namespace = NetworkNamespace(run.namespace)
    switch run.form {
    case .iptablesNFT: self = .nfTables(InterceptionRules(in: namespace))
    case .native: self = .nfTables(InterceptionRules(in: namespace, as: .native))
    case .iptablesLegacy: self = .legacy(namespace)
    }
  }

  var namespace: NetworkNamespace {
    switch self {
    case .nfTables(let rules): rules.namespace
    case .legacy(let namespace): namespace
    }
  }

  func live() throws -> LiveInterception {
    switch self {
    case .nfTables(let rules): try rules.live()
    case .legacy(let namespace):
      LiveInterception(rulesets: try namespace.run { try LegacyRules().live() })
    }
  }

  /// In what live rules differ from these.
  func differences(from wanted: [Ruleset]) throws -> InterceptionDiff {
    switch self {
    case .nfTables(let rules): try rules.differences(from: wanted)
    case .legacy: InterceptionDiff(rulesets: wanted.differences(from: try live().rulesets))
    }
  }

  func apply(_ wanted: [Ruleset], _ mode: InterceptionRules.Mode) throws -> any CustomStringConvertible {
    switch self {
    case .nfTables(let rules):
      try NativeAlternative(wanted, insteadOf: rules).advising { try rules.apply(wanted, mode) }
    case .legacy(let namespace): try namespace.run { try LegacyRules().apply(wanted, mode) }
    }
  }

  func clean(_ known: [Ruleset]) throws -> any CustomStringConvertible {
    switch self {
    case .nfTables(let rules): try rules.clean(known)
    case .legacy(let namespace): try namespace.run { try LegacyRules().clean(known) }
    }
  }

  /// The removal that `clean` would carry out now.
  func removal(_ known: [Ruleset]) throws -> Removal {
    switch self {
    case .nfTables(let rules): try rules.removal(known)
    case .legacy(let namespace): try namespace.run { try LegacyRules().removal(known) }
    }
  }

  /// Has the kernel check what would be sent; nothing changes.
  func check(_ wanted: [Ruleset], _ mode: InterceptionRules.Mode) throws -> Plan {
    let rules = try nfTables("--check")
    return try NativeAlternative(wanted, insteadOf: rules).advising { try rules.check(wanted, mode) }
  }

  /// What would change.
  func plan(_ wanted: [Ruleset], _ mode: InterceptionRules.Mode) throws -> Plan {
    try nfTables("--plan").plan(wanted, mode)
  }

  private func nfTables(_ option: String) throws(CommandError) -> InterceptionRules {
    switch self {
    case .nfTables(let rules): return rules
    case .legacy: throw CommandError("\(option): iptables-legacy cannot tell that without a change")
    }
  }
}

extension [Ruleset] {
  /// In what live rules differ from these, for each of their families.
  func differences(from live: [Ruleset]) -> [RulesetDiff] {
    live.map { live in
      RulesetDiff(wanted: first { $0.family == live.family } ?? Ruleset(live.family), live: live)
    }
  }
}

extension Error {
  /// Whether rules are certainly as they were before.
  var changedNothing: Bool {
    switch self {
    case let error as ApplyError: error.changedNothing
    case let error as LegacyError: error.changedNothing
    default: true
    }
  }
}
