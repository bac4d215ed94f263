import ArgumentParser
import FoundationEssentials
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
      let line = try FlowFields.read(text)
      let (options, direction) = line.options(listener: listener)
      var reader = OptionReader(options)
      let described = DescribedFlow(reading: &reader, direction: direction)
      try reader.finish()
      guard let described else { throw OptionProblem("the connection is incomplete") }
      self.described = described
      expect = try Expectation(line.expect, cluster: line.expectCluster)
    } catch let invalid as InvalidOptions {
      throw CommandError("\(place): \(invalid.problems.map(\.description).joined(separator: "; "))")
    } catch let problem as OptionProblem {
      throw CommandError("\(place): \(problem)")
    } catch {
      throw CommandError("\(place): no JSON object of a connection: \(error.reason)")
    }
  }
}

/// The fields of a line of JSON; numbers may be texts.
private struct FlowFields {
  private let direction: String?
  private let to: String?
  private let from: String?
  private let uid: Scalar?
  private let gid: Scalar?
  private let noOwner: Bool?
  private let interface: String?
  private let udp: Bool?
  private let mark: Scalar?
  private let state: String?
  private let sni: String?
  private let alpn: Names?
  private let appProtocol: String?
  private let tls: Bool?
  private let httpHost: String?
  private let httpPath: String?
  private let httpMethod: String?
  private let httpHeader: Names?
  private let fromListener: Scalar?
  let expect: String?
  let expectCluster: String?

  /// The fields as the options of the same names, and the direction.
  ///
  /// - Parameter listener: the port where a line starts that names none.
  func options(listener: String?) -> (options: Options, direction: String?) {
    let texts: [(OptionName, String?)] = [
      (.to, to), (.from, from), (.uid, uid?.text), (.gid, gid?.text), (.noOwner, noOwner?.description),
      (.interface, interface), (.udp, udp?.description), (.mark, mark?.text), (.state, state), (.sni, sni),
      (.alpn, alpn?.values.joined(separator: ",")), (.appProtocol, appProtocol), (.tls, tls?.description),
      (.httpHost, httpHost), (.httpPath, httpPath), (.httpMethod, httpMethod),
      (.fromListener, fromListener?.text ?? listener),
    ]
    var given = GivenOptions()
    for (option, text) in texts {
      given[option] = text.map { Options.Given(name: option.spelling, text: $0) }
    }
    for header in httpHeader?.values ?? [] {
      given.add(Options.Given(name: OptionName.httpHeader.spelling, text: header), for: .httpHeader)
    }
    return (Options(flags: given, for: .trace), direction)
  }
}

extension FlowFields: Decodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case direction, to, from, uid, gid, noOwner, interface, udp, mark, state, sni, alpn, appProtocol, tls
    case httpHost, httpPath, httpMethod, httpHeader, fromListener, expect, expectCluster
  }

  /// Decodes a line. Unknown fields are rejected, so that a misspelt `expect` cannot pass silently.
  static func read(_ text: String) throws -> FlowFields {
    let data = Data(text.utf8)
    let known = CodingKeys.allCases.map(\.rawValue)
    let names = try JSONDecoder().decode(JSONMemberNames.self, from: data).names
    if let unknown = names.sorted().first(where: { !known.contains($0) }) {
      throw OptionProblem(
        "\(unknown.quotedForMessage) is no field of a connection; there are \(known.joined(separator: ", "))")
    }
    return try JSONDecoder().decode(FlowFields.self, from: data)
  }
}

/// The names of an object's members.
private struct JSONMemberNames: Decodable {
  let names: [String]

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    names = try decoder.container(keyedBy: Name.self).allKeys.map(\.stringValue)
  }
}

/// A number or a text.
private struct Scalar: Decodable {
  let text: String

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    text = try (try? container.decode(Int.self).description) ?? container.decode(String.self)
  }
}

/// One text, or several.
private struct Names: Decodable {
  let values: [String]

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    values = try (try? container.decode([String].self)) ?? [container.decode(String.self)]
  }
}
