import LogText
import NetworkValues

/// A format of access logs: Envoy's format string, or its format dictionary for JSON.
///
/// The corresponding message is `envoy.config.core.v3.SubstitutionFormatString`; Istio's settings are
/// `meshConfig.accessLogFormat` and `accessLogEncoding`.
public struct AccessLogFormat: Hashable, Sendable {
  /// The name in answers, such as `Istio 1.9 to 1.30`.
  public let name: String
  let shape: Shape

  enum Shape: Hashable, Sendable {
    /// Text before the first operator, then operators with the text after each.
    case text(prefix: [UInt8], [Step])
    /// The field of each key of a JSON object.
    case json([[UInt8]: AccessLogField])
  }

  /// An operator and the text up to the next one.
  struct Step: Hashable, Sendable {
    let field: AccessLogField?
    let content: Content
    /// The text after the operator; empty at the end of the format.
    let literal: [UInt8]
  }

  /// Bytes that a value can have.
  enum Content: Hashable, Sendable {
    case number
    /// No blanks and no double quotes.
    case word
    /// No double quotes.
    case words
    case text
  }
}

/// A format string that cannot be used.
public struct InvalidLogFormat: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

extension AccessLogFormat {
  /// Reads a format string, or a format dictionary if it begins with `{`.
  ///
  /// `\n`, `\t`, `\"` and `\\` are read as the characters that YAML makes of them.
  ///
  /// - Throws: `InvalidLogFormat` for an operator that is not closed, or two without text between them.
  public init(_ text: String, name: String = "--log-format") throws(InvalidLogFormat) {
    self.name = name
    let trimmed = text.trimmingBlanks()
    shape =
      trimmed.hasPrefix("{") && !trimmed.hasPrefix("{%") ? try Self.dictionary(trimmed) : try Self.steps(text)
  }

  private static func dictionary(_ text: String) throws(InvalidLogFormat) -> Shape {
    var object = JSONMembers()
    guard object.read(first: text.utf8.span) else {
      throw InvalidLogFormat("the format begins with { and is no JSON object of strings")
    }
    var fields: [[UInt8]: AccessLogField] = [:]
    for member in object.members where !member.isInList {
      let template = String(decoding: object.bytes[member.value], as: UTF8.self)
      guard case .text(let prefix, let steps) = try? steps(template), prefix.isEmpty, steps.count == 1,
        steps[0].literal.isEmpty
      else { continue }
      fields[Array(object.bytes[member.key])] = steps[0].field
    }
    return .json(fields)
  }

  private static func steps(_ text: String) throws(InvalidLogFormat) -> Shape {
    var parts = FormatParts(text)
    let prefix = try parts.literal()
    var steps: [Step] = []
    var before = prefix
    while let parsed = try parts.command() {
      let literal = try parts.literal()
      guard !literal.isEmpty || parts.isAtEnd else {
        throw InvalidLogFormat(
          "no text separates %\(parsed.name)% from the operator after it, so its end cannot be found")
      }
      steps.append(
        Step(
          field: AccessLogField(operator: parsed.name, argument: parsed.argument),
          content: content(parsed, before: before.last, after: literal.first), literal: literal))
      before = literal
    }
    guard !steps.isEmpty else { throw InvalidLogFormat("the format has no operator, such as %START_TIME%") }
    return .text(prefix: prefix, steps)
  }

  private static func content(
    _ command: FormatParts.Command, before: UInt8?, after: UInt8?
  ) -> Content {
    let isQuoted = before == .doubleQuote || after == .doubleQuote
    switch AccessLogField(operator: command.name, argument: command.argument) {
    case .responseCode, .bytesReceived, .bytesSent, .duration, .upstreamServiceTime: return .number
    case .method, .protocolName, .responseFlags, .requestID, .upstreamCluster, .pod, .upstreamHost,
      .upstreamLocalAddress, .downstreamLocalAddress, .downstreamRemoteAddress:
      return .word
    // Envoy before 1.17 writes details with blanks.
    case .responseCodeDetails: return isQuoted ? .text : .words
    case .startTime: return command.argument == nil ? .word : .words
    case .path, .terminationDetails, .transportFailure, .forwardedFor, .userAgent, .authority, .serverName,
      .routeName, nil:
      return isQuoted || after.map { !$0.isWhitespace && $0 != .rightBracket } ?? false ? .text : .word
    }
  }
}

/// Reads the parts of a format string.
private struct FormatParts {
  struct Command {
    let name: String
    let argument: String?
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) {
    bytes = Self.unescaped(Array(text.utf8))
  }

  var isAtEnd: Bool { position == bytes.count }

  /// The text up to the next operator; `%%` is a percent sign. A line break inside a format is a blank.
  mutating func literal() throws(InvalidLogFormat) -> [UInt8] {
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      if byte == .percent {
        guard position + 1 < bytes.count, bytes[position + 1] == .percent else { break }
        position += 1
      }
      text.append(byte == .newline ? .space : byte)
      position += 1
    }
    return isAtEnd ? Array(text.reversed().drop(while: \.isWhitespace).reversed()) : text
  }

  /// The next operator: `NAME`, `NAME(ARGUMENT)`, either with `:LENGTH` after it; nil at the end.
  mutating func command() throws(InvalidLogFormat) -> Command? {
    guard !isAtEnd else { return nil }
    position += 1
    let name = text { $0 == .percent || $0 == .leftParenthesis || $0 == .colon }
    var argument: String?
    if position < bytes.count, bytes[position] == .leftParenthesis {
      position += 1
      argument = text { $0 == .rightParenthesis }
      position = min(position + 1, bytes.count)
    }
    _ = text { $0 == .percent }
    guard position < bytes.count, !name.isEmpty else {
      throw InvalidLogFormat("the operator %\(name) is not closed by another %")
    }
    position += 1
    return Command(name: name, argument: argument)
  }

  private mutating func text(until isEnd: (UInt8) -> Bool) -> String {
    let start = position
    while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var isEscaped = false
    for byte in bytes {
      switch (isEscaped, byte) {
      case (false, .backslash):
        isEscaped = true
        continue
      case (true, UInt8(ascii: "n")): result.append(.newline)
      case (true, UInt8(ascii: "t")): result.append(.tab)
      case (true, .doubleQuote), (true, .backslash): result.append(byte)
      case (true, _): result += [.backslash, byte]
      case (false, _): result.append(byte)
      }
      isEscaped = false
    }
    return result
  }
}

extension UInt8 {
  fileprivate static var percent: UInt8 { 0x25 }
  fileprivate static var leftParenthesis: UInt8 { 0x28 }
  fileprivate static var rightParenthesis: UInt8 { 0x29 }
}
