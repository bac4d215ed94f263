import Intercept

/// How a trace is told.
struct TraceAnswer {
  enum Format: String, CaseIterable {
    case text, json
  }

  var format = Format.text
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
