import CYAML

/// Reads the events of a YAML text with libyaml (`yaml_parser_t`), and frees the parser at the end of its life.
@safe package struct YAMLEventReader: ~Copyable {
  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  /// A copy of the text: libyaml keeps a pointer to it.
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  /// The place where the parser started, and the number of lines before it.
  private var offset = 0
  private var linesBefore: Int
  /// The line on which the current document starts.
  private var documentLine = 0

  /// - Parameters:
  ///   - text: UTF-8 bytes.
  ///   - linesBefore: the number of lines that precede the text.
  package init(_ text: some Collection<UInt8>, linesBefore: Int = 0) {
    unsafe bytes = .allocate(capacity: text.count)
    unsafe _ = bytes.initialize(fromContentsOf: text)
    self.linesBefore = linesBefore
    start()
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe bytes.deallocate()
  }

  /// Starts the parser at the offset.
  private func start() {
    // Fails only without memory; every later call fails then as well.
    unsafe yaml_parser_initialize(parser)
    let rest = unsafe UnsafeBufferPointer(rebasing: bytes[offset...])
    unsafe yaml_parser_set_input_string(parser, rest.baseAddress, rest.count)
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
  }

  /// Returns the next event; the last one is `streamEnd`.
  ///
  /// - Throws: `YAMLSyntaxError`; no event follows it.
  package mutating func next() throws(YAMLSyntaxError) -> YAMLEvent {
    while true {
      var event = unsafe yaml_event_t()
      guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw syntaxError }
      defer { unsafe yaml_event_delete(&event) }
      guard let read = unsafe read(event) else { continue }
      if read.kind == .documentStart { documentLine = read.line }
      return read
    }
  }

  /// Skips the rest of a document that has a syntax error: to the next line that starts with `---`.
  ///
  /// - Parameter line: the line of the error.
  /// - Returns: false if there is no such line.
  package mutating func skipDocument(withErrorAt line: Int) -> Bool {
    var number = linesBefore + 1
    while let end = unsafe bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) {
      offset = end + 1
      number += 1
      guard number >= line, number > documentLine, unsafe bytes[offset...].starts(with: "---".utf8) else {
        continue
      }
      unsafe yaml_parser_delete(parser)
      start()
      linesBefore = number - 1
      return true
    }
    return false
  }

  private var syntaxError: YAMLSyntaxError {
    let parser = unsafe parser.pointee
    let problem = unsafe parser.problem.map { unsafe String(cString: $0) } ?? "there is not enough memory"
    let context = unsafe parser.context.map { unsafe " " + String(cString: $0) } ?? ""
    // The marks of the reader's errors are not set.
    let mark = unsafe parser.error == YAML_READER_ERROR ? parser.mark : parser.problem_mark
    return YAMLSyntaxError(line: linesBefore + mark.line + 1, text: problem + context)
  }
}

extension YAMLEventReader {
  /// The event in Swift; nil for the start of the stream.
  private func read(_ event: yaml_event_t) -> YAMLEvent? {
    let line = unsafe linesBefore + event.start_mark.line + 1
    switch unsafe event.type {
    case YAML_STREAM_END_EVENT: return YAMLEvent(kind: .streamEnd, line: line)
    case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, line: line)
    case YAML_DOCUMENT_END_EVENT: return YAMLEvent(kind: .documentEnd, line: line)
    case YAML_SEQUENCE_END_EVENT: return YAMLEvent(kind: .listEnd, line: line)
    case YAML_MAPPING_END_EVENT: return YAMLEvent(kind: .mapEnd, line: line)
    case YAML_SEQUENCE_START_EVENT:
      let start = unsafe event.data.sequence_start
      return unsafe YAMLEvent(kind: .listStart, line: line, anchor: text(start.anchor), tag: text(start.tag))
    case YAML_MAPPING_START_EVENT:
      let start = unsafe event.data.mapping_start
      return unsafe YAMLEvent(kind: .mapStart, line: line, anchor: text(start.anchor), tag: text(start.tag))
    case YAML_ALIAS_EVENT:
      return unsafe YAMLEvent(kind: .alias, line: line, anchor: text(event.data.alias.anchor))
    case YAML_SCALAR_EVENT:
      let scalar = unsafe event.data.scalar
      let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      return unsafe YAMLEvent(
        kind: .scalar, line: line, anchor: text(scalar.anchor), tag: text(scalar.tag),
        text: String(decoding: bytes, as: UTF8.self), isPlain: scalar.plain_implicit == 1)
    default: return nil
    }
  }

  private func text(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    unsafe bytes.map { unsafe String(cString: $0) }
  }
}
