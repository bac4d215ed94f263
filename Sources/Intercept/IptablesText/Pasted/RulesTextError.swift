import NetworkValues

/// A text of rules that cannot be read.
public enum RulesTextError: Error, Hashable, Sendable {
  /// A line is wrong.
  case syntax(IptablesSyntaxError, RulesForm)
  /// The rules contradict a table, in a sentence.
  case tables(String)
  /// The text contains no rules: the form that is nearest, and the first line that is not of it.
  case noRules(nearest: RulesForm, line: Int, source: String)
  /// The text is a listing of nf_tables.
  case unsupported(RulesForm)
}

extension RulesTextError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .syntax(let error, .save): error.description
    case .syntax(let error, .commands) where error.source.contains("$"):
      "read as \(RulesForm.commands.words), of which functions and computed values are not followed: \(error)"
    case .syntax(let error, let form): "read as the output of \(form.words): \(error)"
    case .tables(let sentence): sentence
    case .noRules(let nearest, let line, let source):
      "line \(line): no rules are found; the text is nearest to the output of \(nearest.words), which has no such line\n  \(source.prefix(100))"
    case .unsupported(let form): "this is the output of \(form.words), not of iptables"
    }
  }
}

extension RulesForm {
  /// The form's name in a sentence.
  var words: String { self == .commands ? "a script of iptables" : rawValue }
}
