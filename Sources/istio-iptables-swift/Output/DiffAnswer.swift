import Intercept
import Netfilter

/// The answer of `diff`: the differences, and the two sources of rules.
struct DiffAnswer {
  let diff: InterceptionDiff
  /// The source of the live rules.
  let rules: String
  /// The source of the rules that they are compared with.
  let wanted: String
  /// The reason for which the live rules are incomplete.
  var gap: String?
  /// Other options, forms or families that explain the differences, each a sentence.
  var hints: [String] = []

  func text(_ format: DiffCommand.Format) throws -> String {
    switch format {
    case .text: page
    case .json: try JSONWriter.text(DiffJSON(self))
    }
  }

  private var page: String {
    let head = "rules: \(rules)\ncompared with: rules \(wanted)\n"
    let differences = diff.text(Console.style)
    let hints = hints.map { "hint: \($0)\n" }.joined()
    return head + (differences.isEmpty ? "" : "\n\(differences)") + (hints.isEmpty ? "" : "\n\(hints)")
  }
}

/// Differences as JSON: the answer of `diff --format json`.
struct DiffJSON: Encodable {
  /// An object for each family, and one for the native form if it differs.
  let families: InterceptionDiff
  let rules: String
  let comparedWith: String
  let incomplete: String?
  let hints: [String]

  init(_ answer: DiffAnswer) {
    (families, rules, comparedWith) = (answer.diff, answer.rules, answer.wanted)
    (incomplete, hints) = (answer.gap, answer.hints)
  }
}
