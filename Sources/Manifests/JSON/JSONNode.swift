import FoundationEssentials
import Intercept

/// A value of a JSON text, and where in the text it stands.
struct JSONNode: Decodable {
  /// What the value is; containers hand out their parts when they are asked for.
  enum Value {
    case object(KeyedDecodingContainer<JSONStep>)
    case list(any UnkeyedDecodingContainer)
    case string(String)
    case number(JSONNumber)
    case bool(Bool)
    case null
  }

  let value: Value
  /// The way to the value from the text's top: `.items[3].spec`.
  let path: String

  init(from decoder: any Decoder) throws {
    path = decoder.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
    if let object = try? decoder.container(keyedBy: JSONStep.self) {
      value = .object(object)
    } else if let list = try? decoder.unkeyedContainer() {
      value = .list(list)
    } else {
      value = try Value(scalar: decoder.singleValueContainer())
    }
  }

  /// Reads a text.
  ///
  /// - Throws: `ManifestError` where it is no JSON.
  init(_ text: String) throws(ManifestError) {
    guard text.contains(where: { !$0.isWhitespace }) else { throw ManifestError("the text is empty") }
    do {
      self = try JSONDecoder().decode(JSONNode.self, from: Data(text.utf8))
    } catch {
      throw ManifestError("this is no valid JSON; have kubectl print it with -o json")
    }
  }

  /// A member by its name; nil where it is absent or null.
  subscript(name: String) -> JSONNode? {
    guard case .object(let object) = value, let decoder = try? object.superDecoder(forKey: JSONStep(name)),
      let node = try? JSONNode(from: decoder), !node.isNull
    else { return nil }
    return node
  }

  /// The items of a list; none of anything else.
  var items: [JSONNode] {
    guard case .list(var list) = value else { return [] }
    var items: [JSONNode] = []
    while !list.isAtEnd, let decoder = try? list.superDecoder(), let item = try? JSONNode(from: decoder) {
      items.append(item)
    }
    return items
  }

  /// The names and values of an object, by name; none of anything else.
  var members: [(name: String, value: JSONNode)] {
    guard case .object(let object) = value else { return [] }
    return object.allKeys.map(\.stringValue).sorted().compactMap { name in self[name].map { (name, $0) } }
  }

  var isObject: Bool { if case .object = value { true } else { false } }
  var isNumber: Bool { if case .number = value { true } else { false } }
  private var isNull: Bool { if case .null = value { true } else { false } }
}

extension JSONNode {
  /// Where a value lies within this one: `spec.ports[0].port`.
  func path(to target: JSONNode) -> String { path(to: target.path) }

  func path(to target: String) -> String {
    let rest = target.hasPrefix(path) ? target.dropFirst(path.count) : target[...]
    return String(rest.first == "." ? rest.dropFirst() : rest)
  }
}

/// The name of a member.
struct JSONStep: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) {
    stringValue = name
  }

  init(stringValue: String) {
    self.init(stringValue)
  }

  init?(intValue: Int) { nil }
}
