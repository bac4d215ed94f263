import Intercept
import Testing

/// Rules in a terse syntax: chains need no declaration.
enum TerseRules {
  /// One rule, without `-A CHAIN`. A mistake in a test yields `(unreadable)`, which equals no rule.
  static func rule(_ text: String) -> Rule {
    let rules = ruleset("*nat\n-A ISTIO_X \(text)")[.nat, known("ISTIO_X")]?.rules
    return rules?.first ?? Rule([.opaque(OpaqueMatch("(unreadable)"))], .none)
  }

  /// A dump that needs only `*TABLE` and `-A CHAIN …`, and `:CHAIN -` for chains without rules.
  static func ruleset(_ text: String, _ family: IPFamily = .ipv4) -> Ruleset {
    let lines = text.split(separator: "\n").flatMap { line in
      line.hasPrefix("*") ? [String(line)] + declarations(in: text) : [String(line)]
    }
    do {
      return try IptablesDump.parse(lines.joined(separator: "\n") + "\n", family: family).ruleset.pruned(text)
    } catch {
      Issue.record("\(error)")
      return Ruleset(family)
    }
  }

  /// Declarations of every chain with rules or callers.
  private static func declarations(in text: String) -> [String] {
    let words = text.split(whereSeparator: \.isWhitespace)
    let names = zip(words, words.dropFirst()).filter { ["-A", "-j", "-g"].contains($0.0) }.map {
      String($0.1)
    }
    return Set(names).subtracting(targets).sorted().compactMap { name in
      ChainName(name)?.hook == nil ? ":\(name) - [0:0]" : nil
    }
  }

  private static let targets: Set<String> = [
    "ACCEPT", "DROP", "RETURN", "REDIRECT", "MARK", "CONNMARK", "CT", "TPROXY", "DNAT", "MASQUERADE", "LOG",
    "REJECT",
  ]

  static func known(_ name: String) -> ChainName { ChainName(name) ?? .istioOutput }
}

extension Ruleset {
  /// The rule set without empty chains that the text does not declare.
  fileprivate func pruned(_ text: String) -> Ruleset {
    Ruleset(
      family,
      tables: tables.map { table in
        Table(
          table.name,
          chains: table.chains.filter { chain in
            !chain.rules.isEmpty || text.contains(":\(chain.name) ") || chain.name.hook != nil
          })
      })
  }
}
