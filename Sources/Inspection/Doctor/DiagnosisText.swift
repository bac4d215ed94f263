import Intercept
public import TextOutput

extension Diagnosis {
  /// The findings, the probable cause first, then what was examined and what could not be seen.
  public func text(_ style: TextStyle = .plain) -> String {
    let verdict =
      findings.isEmpty
      ? "nothing wrong was found\(unseen.isEmpty ? "" : " in what could be seen")\n"
      : findings.map { $0.text(style) }.joined(separator: "\n")
    let notes = unseen.map { "not seen: \($0)".wrapped("", indent: "  ") }
    return verdict + "\n" + summary.map { $0.wrapped("", indent: "  ") }.joined() + notes.joined()
  }
}

extension DoctorFinding {
  fileprivate func text(_ style: TextStyle) -> String {
    let margin = "         "
    let mark = severity.rawValue.uppercased()
    let head = what.wrapped(margin, indent: margin).dropFirst(mark.count)
    let evidence = why.map { "because: \($0)".wrapped(margin, indent: margin + "  ") }
    return mark.coloured(severity.colour, style) + head + evidence.joined()
      + "do: \(remedy)".wrapped(margin, indent: margin + "  ")
  }
}

extension DoctorFinding.Severity {
  fileprivate var colour: TextColour {
    switch self {
    case .error: .red
    case .warning: .yellow
    }
  }
}
