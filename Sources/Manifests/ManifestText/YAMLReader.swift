import Intercept
import YAMLEvents

/// Reads the documents of a YAML text as Kubernetes does: YAML 1.1, converted to JSON as `sigs.k8s.io/yaml` does it.
///
/// Two members of one name in a map are an error, as with kubectl's strict validation.
package struct YAMLReader: ~Copyable {
  /// A directive line costs time for every other one.
  private static let maximumDirectives = 100

  private var events: YAMLEventReader
  private var builder = TreeBuilder(refusesDuplicates: true)
  private var anchors: [String: Anchor] = [:]
  /// The anchors of the lists and maps that have begun.
  private var open: [String?] = []
  private let directives: Int

  /// A part that aliases refer to.
  private struct Anchor {
    let index: Int
    /// Nil until the part ends.
    var extent: Extent?
  }

  /// - Parameters:
  ///   - text: UTF-8 bytes.
  ///   - linesBefore: the number of lines that precede the text.
  init(_ text: some Collection<UInt8>, linesBefore: Int = 0) {
    events = YAMLEventReader(text, linesBefore: linesBefore)
    directives = Self.tagDirectives(in: text)
  }

  /// The number of lines that start with `%TAG`.
  private static func tagDirectives(in text: some Collection<UInt8>) -> Int {
    let name = Array("%TAG".utf8)
    var count = 0
    // The number of bytes of the name at the start of the line; nil after another byte.
    var matched: Int? = 0
    for byte in text {
      if byte == UInt8(ascii: "\n") {
        matched = 0
      } else if let length = matched {
        matched = length < name.count && byte == name[length] ? length + 1 : nil
        if matched == name.count { count += 1 }
      }
    }
    return count
  }

  /// Returns the first document of a text; nil if the text is empty.
  package static func read(_ text: String) throws(SyntaxProblem) -> ManifestTree? {
    var reader = YAMLReader(text.utf8)
    return try reader.next()
  }

  /// Returns the next document, null included; nil at the end.
  ///
  /// - Throws: `SyntaxProblem`; only `skipDocument` can continue after it.
  mutating func next() throws(SyntaxProblem) -> ManifestTree? {
    guard directives <= Self.maximumDirectives else {
      throw SyntaxProblem(line: 1, "has more than \(Self.maximumDirectives) %TAG directives")
    }
    builder = TreeBuilder(refusesDuplicates: true)
    anchors = [:]
    open = []
    while true {
      let event = try nextEvent()
      switch event.kind {
      case .streamEnd: return nil
      case .documentEnd: return try builder.tree()
      case .documentStart: break
      case .listStart, .mapStart: try begin(event)
      case .listEnd, .mapEnd: try end()
      case .alias: try alias(event)
      case .scalar: try scalar(event)
      }
    }
  }

  /// Skips the rest of a document that has an error.
  ///
  /// - Returns: false if no document follows.
  mutating func skipDocument(withErrorAt line: Int) -> Bool { events.skipDocument(withErrorAt: line) }

  private mutating func nextEvent() throws(SyntaxProblem) -> YAMLEvent {
    do {
      return try events.next()
    } catch {
      throw SyntaxProblem(line: error.line, "is not valid YAML: \(error.text)")
    }
  }

  private mutating func begin(_ event: YAMLEvent) throws(SyntaxProblem) {
    guard !builder.isAtName else {
      throw SyntaxProblem(line: event.line, "has a name that is no text")
    }
    define(event.anchor)
    open.append(event.anchor)
    try builder.begin(event.kind == .listStart ? .list : .object, line: event.line)
  }

  private mutating func end() throws(SyntaxProblem) {
    let extent = try builder.end()
    if let anchor = open.popLast() ?? nil { anchors[anchor]?.extent = extent }
  }

  private mutating func define(_ anchor: String?, _ extent: Extent? = nil) {
    if let anchor { anchors[anchor] = Anchor(index: builder.next, extent: extent) }
  }

  private mutating func alias(_ event: YAMLEvent) throws(SyntaxProblem) {
    let name = event.anchor ?? ""
    guard let anchor = anchors[name] else {
      throw SyntaxProblem(line: event.line, "refers to the unknown anchor \(name.quotedForMessage)")
    }
    guard let extent = anchor.extent else {
      throw SyntaxProblem(line: event.line, "has the anchor \(name.quotedForMessage) inside its own value")
    }
    try builder.alias(anchor.index, extent, line: event.line)
  }

  private mutating func scalar(_ event: YAMLEvent) throws(SyntaxProblem) {
    define(event.anchor, Extent())
    guard builder.isAtName else {
      let scalar = try YAMLScalar(event)
      return try builder.scalar(scalar.kind, scalar.text.utf8, line: event.line)
    }
    if event.text == "<<", event.isPlain || event.tag == YAMLScalar.mergeTag {
      return try builder.scalar(.merge, [], line: event.line)
    }
    try builder.scalar(.string, YAMLScalar(event).name(line: event.line).utf8, line: event.line)
  }
}
