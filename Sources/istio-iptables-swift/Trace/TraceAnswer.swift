import Intercept

/// How a trace is told.
struct TraceAnswer {
  enum Format: String, CaseIterable {
    case text, json
  }

  var format = Format.text
  var isVerdictAlone = false

  func text(_ trace: Trace) throws -> String {
    if isVerdictAlone { return trace.verdict.word + "\n" }
    switch format {
    case .text: return trace.text
    case .json: return try JSONText.encode(TraceJSON(trace))
    }
  }
}
