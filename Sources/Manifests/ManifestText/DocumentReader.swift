/// Reads the documents of a manifest: JSON values one after another, or YAML. The content determines the format.
package struct DocumentReader: ~Copyable {
  /// The number of broken documents after which the rest of a text is not read.
  private static let maximumProblems = 20

  private var source: Source
  private var problems = 0

  private enum Source: ~Copyable {
    case bytes([UInt8], position: Int, line: Int)
    case yaml(YAMLReader)
    case end
  }

  /// - Parameter bytes: UTF-8, or UTF-16 with a byte order mark, as PowerShell writes it.
  package init(_ bytes: [UInt8]) {
    let isUTF16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
    let text = isUTF16 ? Array(String(decoding: bytes.utf16, as: UTF16.self).utf8) : bytes
    source = .bytes(text, position: text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0, line: 1)
  }

  package init(_ text: String) {
    self.init(Array(text.utf8))
  }

  /// Returns the only document of a text.
  ///
  /// - Throws: `ManifestError` if the text has none or several, or its document is broken.
  package static func only(_ text: String) throws(ManifestError) -> ManifestTree {
    try convertingErrors {
      var reader = DocumentReader(text)
      guard let document = try reader.next() else { throw ManifestError.empty }
      guard try reader.next() == nil else { throw ManifestError("the text has several documents; give one") }
      return document
    }
  }

  /// Returns the JSON value that a text consists of.
  ///
  /// - Throws: `ManifestError` if the text is not JSON, or goes on after the value.
  package static func json(_ text: String) throws(ManifestError) -> ManifestTree {
    try convertingErrors {
      let bytes = Array(text.utf8)
      var reader = JSONReader(bytes, at: 0, line: 1)
      let tree = try reader.read()
      guard bytes[reader.position...].allSatisfy(\.isBlank) else {
        throw ManifestError("text follows the JSON value")
      }
      return tree
    }
  }

  private static func convertingErrors(_ read: () throws -> ManifestTree) throws(ManifestError)
    -> ManifestTree
  {
    do {
      return try read()
    } catch let error as SyntaxProblem {
      throw ManifestError(error)
    } catch let error as ManifestError {
      throw error
    } catch {
      throw ManifestError("\(error)")
    }
  }

  /// Returns the next document that is not empty; nil at the end.
  ///
  /// - Throws: `SyntaxProblem` for a broken document; the next call continues with the document after it.
  package mutating func next() throws(SyntaxProblem) -> ManifestTree? {
    while let tree = try read() {
      if tree.kind(tree.top) != .null { return tree }
    }
    return nil
  }

  private mutating func read() throws(SyntaxProblem) -> ManifestTree? {
    let current = consume()
    switch consume current {
    case .end: return nil
    case .yaml(let reader): return try read(reader)
    case .bytes(let bytes, let position, let line):
      let (position, line) = bytes.skippingSeparators(position, line)
      guard position < bytes.count else { return nil }
      guard bytes.looksLikeJSON(position) else {
        return try read(YAMLReader(bytes[position...], linesBefore: line - 1))
      }
      return try readJSON(bytes, position, line)
    }
  }

  /// Takes the source, which is at its end until it is set again.
  private mutating func consume() -> Source {
    var taken = Source.end
    swap(&taken, &source)
    return taken
  }

  private mutating func readJSON(_ bytes: [UInt8], _ position: Int, _ line: Int) throws(SyntaxProblem)
    -> ManifestTree
  {
    var reader = JSONReader(bytes, at: position, line: line)
    do throws(SyntaxProblem) {
      let tree = try reader.read()
      source = .bytes(bytes, position: reader.position, line: reader.line)
      return tree
    } catch {
      problems += 1
      if problems < Self.maximumProblems, let next = bytes.nextStart(reader.position) {
        source = .bytes(
          bytes, position: next, line: line + bytes[position..<next].count(where: { $0 == newline }))
      }
      throw error
    }
  }

  private mutating func read(_ reader: consuming YAMLReader) throws(SyntaxProblem) -> ManifestTree? {
    var reader = reader
    do throws(SyntaxProblem) {
      guard let tree = try reader.next() else { return nil }
      source = .yaml(reader)
      return tree
    } catch {
      problems += 1
      if problems < Self.maximumProblems, reader.skipDocument(withErrorAt: error.line) {
        source = .yaml(reader)
      }
      throw error
    }
  }
}

private let newline = UInt8(ascii: "\n")

extension UInt8 {
  fileprivate var isBlank: Bool {
    self == newline || self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || self == UInt8(ascii: "\r")
  }
}

extension [UInt8] {
  /// The units of a UTF-16 text after its byte order mark.
  fileprivate var utf16: [UInt16] {
    let low = self[0] == 0xFF ? 0 : 1
    return stride(from: 2, to: count - 1, by: 2).map {
      UInt16(self[$0 + low]) | UInt16(self[$0 + 1 - low]) << 8
    }
  }

  /// Skips blank space and lines of `---`.
  fileprivate func skippingSeparators(_ position: Int, _ line: Int) -> (position: Int, line: Int) {
    var (position, line) = (position, line)
    while position < count {
      if self[position] == newline {
        line += 1
        position += 1
      } else if self[position].isBlank {
        position += 1
      } else if self[position...].starts(with: "---".utf8),
        self[(position + 3)...].prefix(while: { $0 != newline }).allSatisfy(\.isBlank)
      {
        position += 3
      } else {
        break
      }
    }
    return (position, line)
  }

  /// Returns true if an object or list of JSON starts at a place, not a collection of YAML's flow style.
  fileprivate func looksLikeJSON(_ position: Int) -> Bool {
    let next = self[(position + 1)...].first { !$0.isBlank }.map { Character(UnicodeScalar($0)) }
    return switch self[position] {
    case UInt8(ascii: "{"): next.map { "\"}".contains($0) } ?? true
    case UInt8(ascii: "["): next.map { "{[\"]".contains($0) } ?? true
    default: false
    }
  }

  /// The start of the next line that begins a document.
  fileprivate func nextStart(_ position: Int) -> Int? {
    var place = position
    while let end = self[place...].firstIndex(of: newline) {
      place = end + 1
      if self[place...].first == UInt8(ascii: "{") || self[place...].starts(with: "---".utf8) { return place }
    }
    return nil
  }
}
