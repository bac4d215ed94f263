import InputText
import Intercept
import Manifests
import RuleCommands

/// Connections from a file with a JSON object on each line, and the expected verdicts.
struct FlowFile {
  private let lines: [FlowLine]
  /// The file's name; nil for standard input.
  private let name: String?

  private static let longestLine = 1 << 16
  private static let mostLines = 1_000_000

  /// - Parameter listener: the listener for lines that name none.
  init(_ file: String, listener: String?) throws {
    name = file == "-" ? nil : file
    let file = InputFile(file)
    var (lines, number) = ([FlowLine](), 0)
    try file.forEachLine { line in
      number += 1
      guard line.count < Self.longestLine, lines.count < Self.mostLines else {
        throw CommandError(
          "\(file.name), line \(number): a file has at most \(Self.mostLines) connections, and a line less than "
            + "\(Self.longestLine) bytes")
      }
      let text = line.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
      guard text.contains(where: { $0 != " " && $0 != "\r" && $0 != "\t" }) else { return }
      lines.append(try FlowLine(text, listener: listener, number: number, at: file.name))
    }
    self.lines = lines
    guard !lines.isEmpty else {
      throw CommandError("\(file.name): no connections; give one JSON object a line")
    }
  }

  /// True if a line expects a cluster of the proxy.
  var expectsCluster: Bool { lines.contains { $0.expect?.needsProxy == true } }

  /// True if a line starts at a listener of the proxy.
  var startsAtListener: Bool { lines.contains { $0.described.listener != nil } }

  /// Traces every connection and prints a line for each.
  ///
  /// - Throws: status 1 if a connection is not as expected.
  func run(_ proxy: Proxy?, _ rules: inout TraceRules, _ answer: TraceAnswer) throws {
    var failures: [Report.Result] = []
    for line in lines {
      let traced = try rules.follow(line.described, proxy)
      let isRight = line.expect?.isFulfilled(by: traced)
      if isRight == false { failures.append(failure(traced, line)) }
      if answer.format.isReport { continue }
      let source = rules.sources[line.described.flow.destination.address.family]
      try Console.print(text(traced, line, isRight, answer, rules: source))
    }
    if answer.format.isReport { try Console.print(Report(unexpected: failures).text(answer.format)) }
    guard failures.isEmpty else {
      Console.note("\(failures.count) of \(lines.count) connections are not as expected")
      throw ExitStatus.failure
    }
  }

  private func failure(_ traced: TracedFlow, _ line: FlowLine) -> Report.Result {
    Report.Result(
      rule: Report.expectation, severity: .error,
      message: "\(traced.heading): \(traced.summary); expected: \(line.expect?.text ?? "")",
      location: name.map { SourceLocation(file: $0, line: line.number) })
  }

  private func text(
    _ traced: TracedFlow, _ line: FlowLine, _ isRight: Bool?, _ answer: TraceAnswer, rules: String?
  ) throws -> String {
    if answer.isVerdictAlone { return try answer.text(traced, rules: rules, nil) }
    switch answer.format {
    case .json:
      return try JSONWriter.line(FlowResultJSON(trace: TraceJSON(traced, rules: rules), ok: isRight))
    case .text, .sarif, .github, .svg, .mermaid, .dot:
      let mark = isRight.map { $0 ? "ok      " : "FAILED  " } ?? ""
      let wanted =
        isRight == false ? "\(mark.isEmpty ? "" : "        ")expected: \(line.expect?.text ?? "")\n" : ""
      return "\(mark)\(traced.heading): \(traced.summary)\n\(wanted)"
    }
  }
}

extension Report {
  fileprivate static let expectation = "flow-expectation"

  /// The connections that are not as expected.
  fileprivate init(unexpected results: [Result]) {
    rules = [
      Rule(
        id: Self.expectation, documentation: "The rules or the proxy do not treat a connection as expected.",
        severity: .error)
    ]
    self.results = results
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
  /// The line's number, from 1.
  let number: Int

  /// - Parameters:
  ///   - listener: the port where a line starts that names none.
  ///   - number: the line's number, from 1.
  ///   - file: the file's name in messages.
  init(_ text: String, listener: String? = nil, number: Int = 1, at file: String) throws {
    self.number = number
    let place = "\(file), line \(number)"
    do {
      let line = try DescribedFlow.Line(text, listener: listener)
      described = line.described
      expect = try Expectation(line.expect, cluster: line.expectCluster)
    } catch let invalid as InvalidOptions {
      throw CommandError("\(place): \(invalid.problems.map(\.description).joined(separator: "; "))")
    } catch let problem as OptionProblem {
      throw CommandError("\(place): \(problem)")
    }
  }
}
