import ArgumentParser
import FoundationEssentials
import Intercept

/// Connections from a file, a line of JSON each, and what is expected of them.
struct FlowFile {
  private let name: String
  private let lines: [FlowLine]

  init(_ file: String) throws {
    name = file == "-" ? "standard input" : file
    let text = file == "-" ? try FileText.standardInput() : try FileText.read(file)
    let numbered = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    lines = try numbered.compactMap { [name] number, line in
      guard line.contains(where: { $0 != " " && $0 != "\r" && $0 != "\t" }) else { return nil }
      return try FlowLine(String(line), at: "\(name), line \(number + 1)")
    }
  }

  /// Traces every connection and prints a line for each; status 1 if one is not as expected.
  func run(_ rules: inout TraceRules, _ answer: TraceAnswer) throws {
    var failures = 0
    for line in lines {
      let trace = try rules.trace(line.flow)
      let isRight = line.expect?.isFulfilled(by: trace)
      if isRight == false { failures += 1 }
      try Console.print(text(trace, line, isRight, answer))
    }
    guard failures == 0 else {
      Console.note("\(failures) of \(lines.count) connections are not as expected")
      throw ExitCode.failure
    }
  }

  private func text(
    _ trace: Trace, _ line: FlowLine, _ isRight: Bool?, _ answer: TraceAnswer
  ) throws -> String {
    if answer.isVerdictAlone { return try answer.text(trace) }
    switch answer.format {
    case .json: return try JSONText.line(FlowResultJSON(trace: TraceJSON(trace), ok: isRight))
    case .text:
      let mark = isRight.map { $0 ? "ok      " : "FAILED  " } ?? ""
      let wanted =
        isRight == false ? "\(mark.isEmpty ? "" : "        ")expected: \(line.expect?.text ?? "")\n" : ""
      return "\(mark)\(trace.heading): \(trace.summary)\n\(wanted)"
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
