import Intercept
import YAMLEvents

/// A scalar of YAML 1.1 as JSON, by the rules of go-yaml 2, which `sigs.k8s.io/yaml` uses: `yes` and `on` are Booleans,
/// `0777` and `0x1F` are numbers, and timestamps are strings.
struct YAMLScalar {
  private static let prefix = "tag:yaml.org,2002:"
  static let mergeTag = prefix + "merge"

  let kind: ManifestTree.Node.Kind
  /// The text of a string, or of a number in JSON.
  let text: String

  private init(_ kind: ManifestTree.Node.Kind, _ text: String = "") {
    self.kind = kind
    self.text = text
  }

  init(_ event: YAMLEvent) throws(SyntaxProblem) {
    guard let tag = event.tag else {
      self = try event.isPlain ? Self.resolved(event) : Self(.string, event.text)
      return
    }
    switch tag.hasPrefix(Self.prefix) ? String(tag.dropFirst(Self.prefix.count)) : tag {
    case "bool": self = try Self.resolved(event, as: [.yes, .no], "Boolean")
    case "int", "float": self = try Self.resolved(event, as: [.number], "number")
    case "null": self = try Self.resolved(event, as: [.null], "null")
    case "binary":
      guard let text = String(base64: event.text) else {
        throw SyntaxProblem(line: event.line, "has a !!binary value that is not base64")
      }
      self.init(.string, text)
    default: self.init(.string, event.text)
    }
  }

  private static func resolved(
    _ event: YAMLEvent, as kinds: [ManifestTree.Node.Kind], _ wanted: String
  ) throws(SyntaxProblem) -> YAMLScalar {
    let scalar = try resolved(event)
    guard kinds.contains(scalar.kind) else {
      throw SyntaxProblem(
        line: event.line, "has the value \(event.text.quotedForMessage), which is no \(wanted)")
    }
    return scalar
  }

  /// The scalar as the name of a member.
  func name(line: Int) throws(SyntaxProblem) -> String {
    switch kind {
    case .yes: "true"
    case .no: "false"
    case .null: throw SyntaxProblem(line: line, "has a name that is null")
    case .number: text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    case .string, .list, .object, .alias, .merge: text
    }
  }
}

// MARK: - Plain scalars

extension YAMLScalar {
  private static func resolved(_ event: YAMLEvent) throws(SyntaxProblem) -> YAMLScalar {
    let text = event.text
    if isInfiniteOrNaN(text) {
      throw SyntaxProblem(line: event.line, "has the number \(text), which JSON has not")
    }
    if let kind = word(text) { return Self(kind) }
    return YAMLNumber.json(text).map { Self(.number, $0) } ?? Self(.string, text)
  }

  /// The Boolean or null that a word means. The first letter decides alone in most texts, and costs least.
  private static func word(_ text: String) -> ManifestTree.Node.Kind? {
    guard text.utf8.count <= 5, let first = text.utf8.first else { return text.isEmpty ? .null : nil }
    switch first {
    case UInt8(ascii: "~"): return text == "~" ? .null : nil
    case UInt8(ascii: "y"), UInt8(ascii: "Y"):
      return isOne(text, of: "y", "Y", "yes", "Yes", "YES") ? .yes : nil
    case UInt8(ascii: "t"), UInt8(ascii: "T"): return isOne(text, of: "true", "True", "TRUE") ? .yes : nil
    case UInt8(ascii: "f"), UInt8(ascii: "F"): return isOne(text, of: "false", "False", "FALSE") ? .no : nil
    case UInt8(ascii: "n"), UInt8(ascii: "N"):
      if isOne(text, of: "null", "Null", "NULL") { return .null }
      return isOne(text, of: "n", "N", "no", "No", "NO") ? .no : nil
    case UInt8(ascii: "o"), UInt8(ascii: "O"):
      if isOne(text, of: "on", "On", "ON") { return .yes }
      return isOne(text, of: "off", "Off", "OFF") ? .no : nil
    default: return nil
    }
  }

  private static func isOne(_ text: String, of words: String...) -> Bool { words.contains(text) }

  private static func isInfiniteOrNaN(_ text: String) -> Bool {
    guard text.utf8.count <= 5, let first = text.utf8.first, YAMLNumber.isSignOrPoint(first) else {
      return false
    }
    return [".nan", ".NaN", ".NAN"].contains(text)
      || [".inf", ".Inf", ".INF"].contains(first == UInt8(ascii: ".") ? text : String(text.dropFirst()))
  }
}

extension String {
  /// The text that base64 encodes (RFC 4648), line breaks ignored; nil if it is not base64.
  fileprivate init?(base64 text: String) {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let digits = text.utf8.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    let padding = digits.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard digits.count % 4 == 0, padding <= 2 else { return nil }
    var bytes: [UInt8] = []
    var (bits, count) = (0, 0)
    for digit in digits.dropLast(padding) {
      guard let value = alphabet.firstIndex(of: digit) else { return nil }
      (bits, count) = ((bits << 6 | value) & 0xFFFF, count + 6)
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    self.init(decoding: bytes, as: UTF8.self)
  }
}
