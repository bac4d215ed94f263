import ArgumentParser
import FoundationEssentials
import Intercept

/// Connections from a file, a line of JSON each, and what is expected of them.
struct FlowFile {
  private let lines: [FlowLine]

  /// - Parameter listener: where lines are taken to be delivered that do not say it themselves.
  init(_ file: String, listener: String?) throws {
    let name = file == "-" ? "standard input" : file
    let text = file == "-" ? try FileText.standardInput() : try FileText.read(file)
    let numbered = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    lines = try numbered.compactMap { number, line in
      guard line.contains(where: { $0 != " " && $0 != "\r" && $0 != "\t" }) else { return nil }
      return try FlowLine(String(line), listener: listener, at: "\(name), line \(number + 1)")
    }
  }

  /// Whether a line starts at a listener of the proxy's.
  var startsAtListener: Bool { lines.contains { $0.described.listener != nil } }

  /// Traces every connection and prints a line for each; status 1 if one is not as expected.
  func run(_ proxy: EnvoyConfiguration?, _ rules: inout TraceRules, _ answer: TraceAnswer) throws {
    var failures = 0
    for line in lines {
      let traced = try TracedFlow(line.described, proxy) { try rules.trace($0) }
      let isRight = line.expect?.isFulfilled(by: traced)
      if isRight == false { failures += 1 }
      try Console.print(text(traced, line, isRight, answer))
    }
    guard failures == 0 else {
      Console.note("\(failures) of \(lines.count) connections are not as expected")
      throw ExitCode.failure
    }
  }

  private func text(
    _ traced: TracedFlow, _ line: FlowLine, _ isRight: Bool?, _ answer: TraceAnswer
  ) throws -> String {
    if answer.isVerdictAlone { return try answer.text(traced) }
    switch answer.format {
    case .json: return try JSONText.line(FlowResultJSON(trace: TraceJSON(traced), ok: isRight))
    case .text:
      let mark = isRight.map { $0 ? "ok      " : "FAILED  " } ?? ""
      let wanted =
        isRight == false ? "\(mark.isEmpty ? "" : "        ")expected: \(line.expect?.text ?? "")\n" : ""
      return "\(mark)\(traced.heading): \(traced.summary)\n\(wanted)"
    }
  }
}

/// A trace in a line, and whether it came out as expected; absent where nothing was.
private struct FlowResultJSON: Encodable {
  let trace: TraceJSON
  let ok: Bool?

  private enum Keys: String, CodingKey { case ok }

  func encode(to encoder: any Encoder) throws {
    try trace.encode(to: encoder)
    var container = encoder.container(keyedBy: Keys.self)
    try container.encodeIfPresent(ok, forKey: .ok)
  }
}
