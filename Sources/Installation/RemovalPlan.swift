public import Intercept
public import Netfilter

/// Rules and routing of interception in a namespace or a text: what a clean removes.
public struct RemovalPlan: Hashable, Sendable {
  /// The rules in tables of iptables, of the families that have any; rules of other programs are left out.
  public let rulesets: [Ruleset]
  /// The tables of the native form.
  public let native: [NativeTableReading]
  public let routing: Routing
  /// Unusual rules among them, a sentence each.
  public let warnings: [String]

  /// An empty plan.
  init() {
    (rulesets, native, routing, warnings) = ([], [], .none, [])
  }

  /// - Parameters:
  ///   - live: all rules of the namespace.
  ///   - known: rules of a configuration, which are interception rules in any chain.
  ///   - routing: the routing of interception in the namespace.
  public init(_ live: LiveInterception, known: [Ruleset], routing: Routing = .none) {
    rulesets = live.rulesets.map { live in
      live.owned(known: known.first { $0.family == live.family } ?? Ruleset(live.family))
    }.filter { !$0.isEmpty }
    native = live.native
    self.routing = routing
    warnings = live.rulesets.filter { Ownership(of: $0).hasGuardRails }.map {
      "\($0.family): a killed Istio run left its six DROP rules in filter; they are removed"
    }
  }

  /// True if there is nothing to remove.
  public var isEmpty: Bool { rulesets.isEmpty && native.isEmpty && routing.isEmpty }

  var summary: RuleSummary { RuleSummary(rulesets, nativeRules: native.map { $0.chains.ruleCount }) }
}

extension RemovalPlan: CustomStringConvertible {
  /// `18 rules in 1 table (IPv4), policy rule and route: fwmark 0x539 lookup 133 (IPv4)`.
  public var description: String {
    let rules = rulesets.isEmpty && native.isEmpty ? [] : [summary.parenthesized]
    return (rules + (routing.isEmpty ? [] : ["\(routing)"])).joined(separator: ", ")
  }

  /// The rules: those of iptables as iptables-save prints them, those of the native form as nft does.
  public var text: String {
    rulesets.map { $0.saveText() }.joined() + native.map(\.nftText).joined()
  }
}

extension NativeTableReading {
  fileprivate var nftText: String {
    guard let table = NativeTableName(rawValue: name) else {
      return "table inet \(name) { # \(chains.ruleCount) rules in \(chains.count) chains\n}\n"
    }
    return NativeRuleset(tables: [NativeTable(table, chains: chains)]).nftText
  }
}
