import Intercept
import Manifests

/// An object of Envoy's configuration, whose members are converted on demand.
///
/// Members are requested by their names in JSON (`useOriginalDst`); their names in protocol buffers
/// (`use_original_dst`) are accepted as well, as Envoy does. An absent member and null are nil; a member of another
/// type is a `FieldProblem`.
package struct EnvoyObject {
  private let json: JSONObject

  init(_ json: JSONObject) {
    self.json = json
  }

  /// Returns the member's name as the object spells it; nil if it is absent.
  private func spelling(_ name: String) -> String? { json.name { $0.spells(name) } }

  func has(_ name: String) -> Bool { spelling(name) != nil }

  func text(_ name: String) throws(FieldProblem) -> String? {
    guard let name = spelling(name) else { return nil }
    return try json.string(name)
  }

  func texts(_ name: String) throws(FieldProblem) -> [String] {
    guard let name = spelling(name) else { return [] }
    return try json.strings(name)
  }

  func flag(_ name: String) throws(FieldProblem) -> Bool? {
    guard let name = spelling(name) else { return nil }
    return try json.bool(name)
  }

  func object(_ name: String) throws(FieldProblem) -> EnvoyObject? {
    guard let name = spelling(name) else { return nil }
    return try json.object(name).map(EnvoyObject.init)
  }

  func objects(_ name: String) throws(FieldProblem) -> [EnvoyObject] {
    guard let name = spelling(name) else { return [] }
    return try json.objects(name).map(EnvoyObject.init)
  }

  /// A number, which protocol buffers may write as a string.
  func number(_ name: String) throws(FieldProblem) -> Int? {
    guard let name = spelling(name), let value = json.value(name) else { return nil }
    guard let number = value.wholeNumber else { throw json.wrong(name, "a whole number") }
    return number
  }

  func numbers(_ name: String) throws(FieldProblem) -> [Int] {
    guard let name = spelling(name), let value = json.value(name) else { return [] }
    guard case .list(let items) = value else { throw json.wrong(name, "a list") }
    return try items.map { item throws(FieldProblem) in
      guard let number = item.wholeNumber else { throw json.wrong(name, "a list of whole numbers") }
      return number
    }
  }

  func fraction(_ name: String) throws(FieldProblem) -> Double? {
    guard let name = spelling(name), let value = json.value(name) else { return nil }
    switch value {
    case .whole(let number): return Double(number)
    case .number(let number): return number
    case .null, .bool, .string, .list, .object: throw json.wrong(name, "a number")
    }
  }

  /// The members that are objects, with their names.
  var parts: [(name: String, object: EnvoyObject)] {
    json.names.compactMap { name in
      ((try? json.object(name)) ?? nil).map { (name, EnvoyObject($0)) }
    }
  }

  /// The members that are texts, numbers or truth values, as texts.
  var scalars: [String: String] {
    let pairs = json.names.compactMap { name in ((try? json.scalarText(name)) ?? nil).map { (name, $0) } }
    return Dictionary(pairs) { first, _ in first }
  }

  /// Last part of the type's name: `Listener` of `type.googleapis.com/envoy.config.listener.v3.Listener`.
  var type: String? {
    let type = (try? json.string("@type")) ?? nil
    return type.map { type in
      type.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(type[type.utf8.index(after: $0)...]) } ?? type
    }
  }
}

extension EnvoyObject {
  /// Names in an order, found by either spelling.
  struct Ranks {
    fileprivate let names: [String]
    fileprivate let ranks: [String: Int]

    init(_ names: [String]) {
      self.names = names
      let spellings = names.enumerated().flatMap { rank, name in
        [(name, rank)] + (name.nameInProtocolBuffers.map { [($0, rank)] } ?? [])
      }
      ranks = Dictionary(spellings) { first, _ in first }
    }
  }

  /// The names that the object has, in their order. It tests the members, which are fewer than the names.
  func names(in ranks: Ranks) -> [String] {
    json.namesInOrder.compactMap { ranks.ranks[$0] }.sorted().map { ranks.names[$0] }
  }
}

extension String {
  /// The name of a member in protocol buffers; nil if it is the same.
  fileprivate var nameInProtocolBuffers: String? {
    guard utf8.contains(where: \.isUppercase) else { return nil }
    return String(
      decoding: utf8.flatMap { $0.isUppercase ? [UInt8(ascii: "_"), $0 | 0x20] : [$0] }, as: UTF8.self)
  }
}

extension ArraySlice<UInt8> {
  /// True for a name in JSON, `useOriginalDst`, spelled so or as in protocol buffers.
  fileprivate func spells(_ name: String) -> Bool {
    var rest = self
    for byte in name.utf8 {
      guard let first = rest.popFirst() else { return false }
      if first == byte { continue }
      guard byte.isUppercase, first == UInt8(ascii: "_"), rest.popFirst() == byte | 0x20 else { return false }
    }
    return rest.isEmpty
  }
}

extension JSONValue {
  /// The value of a whole number, or of its text.
  fileprivate var wholeNumber: Int? {
    switch self {
    case .whole(let number): Int(exactly: number)
    case .number(let number): Int(exactly: number)
    case .string(let text): Int(text)
    case .null, .bool, .list, .object: nil
    }
  }
}
