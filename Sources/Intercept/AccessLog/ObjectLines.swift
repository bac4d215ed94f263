import NetworkValues

/// Joins the lines of JSON objects that are printed over several lines, as by `jq` and `gcloud --format json`.
struct ObjectLines {
  /// The lines so far.
  private(set) var bytes: [UInt8] = []
  /// The number of the first line; nil outside an object.
  private(set) var firstLine: Int?
  private var depth = 0

  /// Greatest size of an object.
  private static let longest = 1 << 20

  enum Outcome {
    /// The line is no part of such an object.
    case other
    /// The object goes on in the next line, or the line is a mark of a list of objects.
    case part
    /// The object is complete in ``ObjectLines/bytes``.
    case complete
  }

  /// Adds a line.
  ///
  /// - Parameters:
  ///   - line: the line without its end.
  ///   - number: the number of the line.
  mutating func add(_ line: Span<UInt8>, number: Int) -> Outcome {
    if firstLine == nil {
      switch line.marks {
      case (.some(.leftBracket), nil), (.some(.rightBracket), nil): return .part
      case (.some(.leftBrace), nil), (.some(.leftBracket), .some(.leftBrace)): firstLine = number
      default: return .other
      }
      bytes.removeAll(keepingCapacity: true)
      append(line.extracting(line.firstBrace..<line.count))
      return .part
    }
    append(line)
    guard depth > 0 else {
      firstLine = nil
      return .complete
    }
    return .part
  }

  /// Forgets the object. An object that is too long is no entry of a log.
  mutating func end() {
    (firstLine, depth) = (nil, 0)
    bytes.removeAll(keepingCapacity: true)
  }

  /// True if the object is longer than any entry of a log.
  var isTooLong: Bool { firstLine != nil && bytes.count > Self.longest }

  private mutating func append(_ line: Span<UInt8>) {
    var (isString, isEscaped) = (false, false)
    for index in line.indices {
      let byte = line[index]
      bytes.append(byte)
      switch byte {
      case _ where isEscaped: isEscaped = false
      case .backslash: isEscaped = isString
      case .doubleQuote: isString.toggle()
      case .leftBrace where !isString: depth += 1
      case .rightBrace where !isString: depth -= 1
      default: break
      }
    }
  }
}

extension Span<UInt8> {
  /// The bytes that are not blank, if they are at most two.
  fileprivate var marks: (UInt8?, UInt8?) {
    var found: (first: UInt8?, second: UInt8?)
    for index in indices where !self[index].isWhitespace && self[index] != .carriageReturn {
      guard found.second == nil else { return (nil, nil) }
      if found.first == nil { found.first = self[index] } else { found.second = self[index] }
    }
    return found
  }

  fileprivate var firstBrace: Int { indices.first { self[$0] == .leftBrace } ?? count }
}

extension UInt8 {
  static var leftBrace: UInt8 { 0x7b }
  fileprivate static var rightBrace: UInt8 { 0x7d }
  fileprivate static var carriageReturn: UInt8 { 0x0d }
}
