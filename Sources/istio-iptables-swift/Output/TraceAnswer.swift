import Intercept

/// The form of the answer of a trace.
struct TraceAnswer {
  var format = DiffCommand.Format.text
  var isVerdictAlone = false
  var style = TraceStyle.plain

  func text(_ traced: TracedFlow) throws -> String {
    if isVerdictAlone { return traced.word + "\n" }
    switch format {
    case .text: return traced.text(style)
    case .json: return try JSONWriter.text(TraceJSON(traced))
    }
  }
}
