import ArgumentParser
import InputText
import Intercept

/// Connections from a file with a JSON object on each line, and the expected verdicts.
struct FlowFile {
  private let lines: [FlowLine]

  /// - Parameter listener: the listener for lines that name none.
  init(_ file: String, listener: String?) throws {
    let file = InputFile(file)
    let numbered = try file.read().split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    lines = try numbered.compactMap { number, line in
      guard line.contains(where: { $0 != " " && $0 != "\r" && $0 != "\t" }) else { return nil }
      return try FlowLine(String(line), listener: listener, at: "\(file.name), line \(number + 1)")
    }
    guard !lines.isEmpty else {
      throw CommandError("\(file.name): no connections; give one JSON object a line")
    }
  }

  /// True if a line starts at a listener of the proxy.
  var startsAtListener: Bool { lines.contains { $0.described.listener != nil } }

  /// Traces every connection and prints a line for each.
  ///
  /// - Throws: status 1 if a connection is not as expected.
  func run(_ proxy: Proxy?, _ rules: inout TraceRules, _ answer: TraceAnswer) throws {
    var failures = 0
    for line in lines {
      let traced = try TracedFlow(line.described, proxy) { try rules.trace($0) }
      let isRight = line.expect?.isFulfilled(by: traced)
      if isRight == false { failures += 1 }
      let source = rules.sources[line.described.flow.destination.address.family]
      try Console.print(text(traced, line, isRight, answer, rules: source))
    }
    guard failures == 0 else {
      Console.note("\(failures) of \(lines.count) connections are not as expected")
      throw ExitCode.failure
    }
  }

  private func text(
    _ traced: TracedFlow, _ line: FlowLine, _ isRight: Bool?, _ answer: TraceAnswer, rules: String?
  ) throws -> String {
    if answer.isVerdictAlone { return try answer.text(traced, rules: rules) }
    switch answer.format {
    case .json:
      return try JSONWriter.line(FlowResultJSON(trace: TraceJSON(traced, rules: rules), ok: isRight))
    case .text:
      let mark = isRight.map { $0 ? "ok      " : "FAILED  " } ?? ""
      let wanted =
        isRight == false ? "\(mark.isEmpty ? "" : "        ")expected: \(line.expect?.text ?? "")\n" : ""
      return "\(mark)\(traced.heading): \(traced.summary)\n\(wanted)"
    }
  }
}

/// A trace on a line. `ok` is true if it is as expected, and absent if nothing is expected.
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

/// One line of a flow file.
struct FlowLine {
  let described: DescribedFlow
  let expect: Expectation?

  /// - Parameters:
  ///   - listener: the port where a line starts that names none.
  ///   - place: the file and the line number, for messages.
  init(_ text: String, listener: String? = nil, at place: String) throws {
    do {
      let line = try DescribedFlow.Line(text, listener: listener)
      described = line.described
      expect = try Expectation(line.expect, cluster: line.expectCluster)
    } catch let invalid as InvalidOptions {
      throw CommandError("\(place): \(invalid.problems.map(\.description).joined(separator: "; "))")
    } catch let problem as OptionProblem {
      throw CommandError("\(place): \(problem)")
    } catch {
      throw CommandError("\(place): no JSON object of a connection: \(error.jsonReason)")
    }
  }
}
