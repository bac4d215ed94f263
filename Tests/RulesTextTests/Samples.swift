import Intercept
import TestSupport

/// Rules of a sidecar, and the same with another port.
enum Samples {
  static let wanted = RulesetBuilder.build(.sidecar())
  static let save = text(.sidecar())
  static let changed = text(.sidecar { $0.proxyPort = 15002 })

  private static func text(_ configuration: Configuration) -> String {
    RulesetBuilder.build(configuration).first.map { $0.saveText() } ?? ""
  }

  /// The lines of a text of rules as commands of a shell.
  static func commands(_ save: String, _ program: (_ table: String) -> String) -> String {
    var (table, commands) = ("", "")
    for line in save.split(separator: "\n") where line != "COMMIT" {
      switch line.first {
      case "*": table = String(line.dropFirst())
      case ":":
        if line.contains(" - ") {
          commands += "\(program(table)) -N \(line.dropFirst().prefix { $0 != " " })\n"
        }
      default: commands += "\(program(table)) \(line)\n"
      }
    }
    return commands
  }

  /// A string in JSON, with its quotes.
  static func json(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing(
      "\n", with: "\\n")
    return "\"\(escaped.replacing("\t", with: "\\t"))\""
  }
}

extension String {
  /// The text with each line changed.
  func mapLines(_ change: (Substring) -> String) -> String {
    split(separator: "\n").map { change($0) + "\n" }.joined()
  }
}

extension RulesText {
  /// Reads a text in UTF-8.
  static func read(_ text: String, _ options: Options = Options()) throws(RulesTextError) -> RulesText {
    try read(Array(text.utf8), options)
  }

  /// Number of differences of the text's rules from those of a sidecar.
  var differences: Int {
    rulesets.reduce(0) { count, live in
      count
        + Samples.wanted.filter { $0.family == live.family }.reduce(0) {
          $0 + RulesetDiff(wanted: $1, live: live).differences.count
        }
    }
  }
}
