import Intercept
import Netfilter
import RuleCommands

/// The answer of `diff`: the differences, and the two sources of rules.
struct DiffAnswer {
  let diff: InterceptionDiff
  /// The source of the live rules.
  let rules: String
  /// The source of the rules that they are compared with.
  let wanted: String
  /// The reason for which the live rules are incomplete, and its consequences.
  var gap: String?
  /// Other options, forms or families that explain the differences, each a sentence.
  var hints: [String] = []

  /// The hint on rules of `nft` without the arguments of extensions; none without such extensions.
  static func abbreviation(of extensions: Set<String>) -> [String] {
    guard !extensions.isEmpty else { return [] }
    return [
      "nft does not print the arguments of \(extensions.sorted().joined(separator: ", ")): they are not compared; "
        + "iptables-save shows them"
    ]
  }

  func text(_ format: DiffCommand.Format) throws -> String {
    switch format {
    case .text: page
    case .json: try JSONWriter.text(DiffJSON(self))
    }
  }

  private var page: String {
    let head = "rules: \(rules)\ncompared with: rules \(wanted)\n"
    let missing = gap.map { "incomplete: \($0)\n" } ?? ""
    let differences = diff.text(Console.style)
    let hints = hints.map { "hint: \($0)\n" }.joined()
    return head + missing + (differences.isEmpty ? "" : "\n\(differences)")
      + (hints.isEmpty ? "" : "\n\(hints)")
  }
}

/// Differences as JSON: the answer of `diff --format json`.
struct DiffJSON: Encodable {
  /// An object for each family, and one for the native form if it differs.
  let families: InterceptionDiff
  /// The rules of other tables that take connections away from the wanted ones.
  let shadowing: [ShadowingJSON]
  /// Absent if the routing does not differ.
  let routing: RoutingDiff?
  let rules: String
  let comparedWith: String
  let incomplete: String?
  let hints: [String]

  init(_ answer: DiffAnswer) {
    (families, rules, comparedWith) = (answer.diff, answer.rules, answer.wanted)
    shadowing = answer.diff.shadowing.map(ShadowingJSON.init)
    routing = answer.diff.routing.isEmpty ? nil : answer.diff.routing
    (incomplete, hints) = (answer.gap, answer.hints)
  }
}

/// A rule of another table that takes connections away from the wanted rules.
struct ShadowingJSON: Encodable {
  let table: String
  let chain: String
  /// Number of the rule in its chain, from 1.
  let index: Int
  let rule: String
  /// A connection that the rule decides first.
  let example: String
  /// The verdict on that connection, and the wanted one, in words.
  let verdict: String
  let wanted: String

  init(_ rule: ShadowingRule) {
    table = rule.place.table.name
    chain = rule.place.chain
    index = rule.place.index
    self.rule = rule.text
    example = rule.example
    verdict = rule.verdict.words
    wanted = rule.wanted.words
  }
}
