import Manifests
import TextOutput

/// The format of findings.
enum ReportFormat: String, CaseIterable {
  case text, json, sarif, github
}

/// Findings in a form that is common to all commands, for programs that collect those of many tools.
struct Report {
  /// A kind of findings.
  struct Rule {
    let id: String
    let documentation: String
    let severity: Severity
  }

  /// A finding.
  struct Result {
    let rule: String
    let severity: Severity
    let message: String
    var location: SourceLocation?
    /// The object concerned: `Service app/web`, `nat OUTPUT`.
    var object: String?
  }

  let rules: [Rule]
  let results: [Result]

  /// The workflow commands of GitHub Actions, one line for each finding.
  var github: String {
    results.map { result in
      let place = result.location.flatMap { at in at.file.map { ("file", $0, at.line) } }
      let properties =
        (place.map { "file=\(Self.escaped($0.1, property: true)),line=\($0.2)," } ?? "")
        + "title=\(Self.escaped(result.rule, property: true))"
      return "::\(Self.command(result.severity)) \(properties)::\(Self.escaped(result.message))\n"
    }.joined()
  }

  private static func command(_ severity: Severity) -> String {
    switch severity {
    case .info: "notice"
    case .warning: "warning"
    case .error: "error"
    }
  }

  /// Escapes a text as GitHub's toolkit does (`escapeData`, `escapeProperty`).
  private static func escaped(_ text: String, property: Bool = false) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": result += "%25"
      case "\r": result += "%0D"
      case "\n": result += "%0A"
      case ":" where property: result += "%3A"
      case "," where property: result += "%2C"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
