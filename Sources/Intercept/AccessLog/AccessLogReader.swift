import LogText
import NetworkValues

/// Reads lines of an access log, in a given format or in whichever of Istio's the lines have.
public struct AccessLogReader: Sendable {
  private var formats: [AccessLogFormat]
  private let isGiven: Bool
  private var object = JSONMembers()
  private var lines = ObjectLines()
  private var number = 0
  /// The place in the present text of the object that was read last; nil if it is of another text.
  private var objectStart: Int?
  /// The keys of the last JSON line, with their fields.
  private var knownKeys: [(key: [UInt8], field: AccessLogField?)] = []

  /// Longest prefix of a line that log collectors write.
  private static let longestPrefix = 512
  private static let mostKeys = 256

  /// - Parameter format: The format of the lines; nil to try Istio's formats and Envoy's.
  public init(_ format: AccessLogFormat? = nil) {
    formats = format.map { [$0] } ?? AccessLogFormat.known
    isGiven = format != nil
  }

  /// The result of a line.
  public enum Outcome: Hashable, Sendable {
    case entry
    /// The beginning or the middle of a JSON object over several lines.
    case part
    /// The line has none of the formats.
    case other
  }

  /// The number of the first line of a JSON object that is not complete; nil outside one.
  public var openObject: Int? { lines.firstLine }

  /// Reads a line.
  ///
  /// - Parameters:
  ///   - line: the line without its end.
  ///   - entry: receives the number of the line, and the values of an entry.
  public mutating func read(_ line: Span<UInt8>, into entry: inout AccessLogEntry) -> Outcome {
    number += 1
    entry.number = lines.firstLine ?? number
    switch lines.add(line, number: number) {
    case .other: return readLine(line, into: &entry) ? .entry : .other
    case .complete:
      let whole = lines.bytes
      return readLine(whole.span, into: &entry) ? .entry : .other
    case .part:
      guard lines.isTooLong else { return .part }
      lines.end()
      return .other
    }
  }

  private mutating func readLine(_ line: Span<UInt8>, into entry: inout AccessLogEntry) -> Bool {
    let text = line.extracting(line.contentRange)
    objectStart = nil
    if text.count > 0, text[0] == .leftBrace, object.read(first: text) {
      objectStart = 0
      if let envelope = LogEnvelope(object) {
        objectStart = nil
        let inner = envelope.line.span
        if readText(inner.extracting(inner.contentRange), into: &entry) {
          if !envelope.source.isEmpty { entry.setPrefix(envelope.source) }
          return true
        }
      }
    }
    return readText(text, into: &entry)
  }

  private mutating func readText(_ text: Span<UInt8>, into entry: inout AccessLogEntry) -> Bool {
    for index in formats.indices where read(text, formats[index], into: &entry) {
      entry.format = formats[index].name
      // The next line probably has the same format.
      if index > 0 { formats.swapAt(0, index) }
      return true
    }
    return false
  }

  private mutating func read(
    _ line: Span<UInt8>, _ format: AccessLogFormat, into entry: inout AccessLogEntry
  ) -> Bool {
    switch format.shape {
    case .text(let prefix, let steps):
      for start in 0..<min(line.count, prefix.isEmpty ? 1 : Self.longestPrefix)
      where line.has(prefix, at: start) && steps.match(line, from: start + prefix.count, &entry.places) {
        entry.bytes.replace(with: line)
        entry.prefix = 0..<start
        return true
      }
      return false
    case .json(let fields): return readObject(line, fields, into: &entry)
    }
  }

  private mutating func readObject(
    _ line: Span<UInt8>, _ fields: [[UInt8]: AccessLogField], into entry: inout AccessLogEntry
  ) -> Bool {
    guard let start = (0..<min(line.count, Self.longestPrefix)).first(where: { line[$0] == .leftBrace }),
      objectStart == start || object.read(first: line.extracting(droppingFirst: start))
    else { return false }
    for index in entry.places.indices { entry.places[index] = 0..<0 }
    var found = 0
    for (index, member) in object.members.enumerated() where !member.isInList {
      guard let field = field(ofKey: member.key, index, fields) else { continue }
      entry.places[field.rawValue] = member.value
      found += 1
    }
    // One of the keys alone occurs in many logs.
    guard found >= min(isGiven ? 1 : 4, fields.count) else { return false }
    entry.bytes.replace(with: object.bytes.span)
    entry.setPrefix((0..<start).map { line[$0] })
    return true
  }

  /// The field of a key. Most lines of a log have the same keys at the same places, which are remembered.
  private mutating func field(
    ofKey key: Range<Int>, _ index: Int, _ fields: [[UInt8]: AccessLogField]
  ) -> AccessLogField? {
    let name = object.bytes[key]
    if index < knownKeys.count, knownKeys[index].key.elementsEqual(name) { return knownKeys[index].field }
    let known = (key: Array(name), field: fields[Array(name)])
    if index < knownKeys.count {
      knownKeys[index] = known
    } else if index == knownKeys.count, index < Self.mostKeys {
      knownKeys.append(known)
    }
    return known.field
  }
}

extension Span<UInt8> {
  /// The bytes without blanks, and without the quotation marks that a document puts around a line.
  fileprivate var contentRange: Range<Int> {
    var (start, end) = (0, count)
    while start < end, self[start].isMarkup { start += 1 }
    while end > start, self[end - 1].isMarkup || self[end - 1] == .singleQuote { end -= 1 }
    return start..<end
  }

  fileprivate func has(_ bytes: [UInt8], at start: Int) -> Bool {
    guard start + bytes.count <= count else { return false }
    for index in bytes.indices where self[start + index] != bytes[index] { return false }
    return true
  }
}

extension [UInt8] {
  /// Replaces the content, and keeps the storage.
  fileprivate mutating func replace(with bytes: Span<UInt8>) {
    removeAll(keepingCapacity: true)
    bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
  }
}

extension UInt8 {
  fileprivate var isMarkup: Bool { isWhitespace || self == UInt8(ascii: "`") }
}
