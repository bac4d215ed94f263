import Intercept
import Testing

/// Rules written tersely: chains need not be declared.
enum TerseRules {
  /// One rule, without `-A CHAIN`; `(unreadable)` is no rule's text, so a mistake in a test is seen.
  static func rule(_ text: String) -> Rule {
    let rules = ruleset("*nat\n-A ISTIO_X \(text)")[.nat, known("ISTIO_X")]?.rules
    return rules?.first ?? Rule([.opaque(OpaqueMatch("(unreadable)"))], .none)
  }

  /// A dump of which only `*TABLE` and `-A CHAIN …` must be there, and `:CHAIN -` of chains without rules.
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

  /// Declarations of every chain that a rule stands in or leads to.
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
  /// The same without empty chains that the text does not declare in that table.
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
