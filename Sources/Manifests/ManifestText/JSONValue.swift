import Intercept

/// A JSON value of any type, as far as messages show it.
enum JSONValue: Equatable {
  case object, list, null
  case string(String)
  case bool(Bool)
  case whole(Int64)
  case number(Double)
  /// A number out of range, or a string with control characters.
  case unreadable
}

extension JSONValue: Decodable {
  init(from decoder: any Decoder) {
    let readers: [(any Decoder) throws -> JSONValue] = [
      { .string(try String(from: $0)) }, { .bool(try Bool(from: $0)) }, { .whole(try Int64(from: $0)) },
      { .number(try Double(from: $0)) },
      { decoder in
        _ = try decoder.container(keyedBy: JSONName.self)
        return .object
      },
      { decoder in
        _ = try decoder.unkeyedContainer()
        return .list
      },
    ]
    let isNull = try? decoder.singleValueContainer().decodeNil()
    self = isNull == true ? .null : readers.lazy.compactMap { try? $0(decoder) }.first ?? .unreadable
  }
}

extension JSONValue {
  /// The text of a string, a number or a Boolean, formatted as Go's `fmt.Sprint` does.
  var scalarText: String? {
    switch self {
    case .string(let text): text
    case .bool(let isTrue): "\(isTrue)"
    case .whole(let number): "\(number)"
    case .number(let number): "\(number)"
    case .object, .list, .null, .unreadable: nil
    }
  }

  /// The type for messages, and short values themselves.
  var words: String {
    switch self {
    case .object: "an object"
    case .list: "a list"
    case .string(let text): text.count > 32 ? "a string" : "the string \(text.quotedForMessage)"
    case .bool, .whole, .number: scalarText ?? ""
    case .null: "null"
    case .unreadable: "unreadable"
    }
  }
}

/// The path of a value from the top of a JSON text.
package struct JSONPath {
  package static let top = JSONPath("")

  /// For example `.items[3].spec`.
  private let text: String

  private init(_ text: String) {
    self.text = text
  }

  init(_ steps: [any CodingKey]) {
    text = steps.map { step in step.intValue.map { "[\($0)]" } ?? ".\(step.stringValue)" }.joined()
  }

  package func member(_ name: String) -> JSONPath { JSONPath("\(text).\(name)") }

  func item(_ index: Int) -> JSONPath { JSONPath("\(text)[\(index)]") }

  /// The path relative to an ancestor: `spec.ports[0].port`.
  package func from(_ ancestor: JSONPath) -> String {
    let rest = text.hasPrefix(ancestor.text) ? text.dropFirst(ancestor.text.count) : text[...]
    return String(rest.first == "." ? rest.dropFirst() : rest)
  }
}

/// A field that is missing or has a wrong value.
package struct FieldProblem: Error {
  package let path: JSONPath
  package let text: String

  package init(at path: JSONPath, _ text: String) {
    self.path = path
    self.text = text
  }

  /// - Parameter wanted: the expected type: `a list`.
  init(at path: JSONPath, wanted: String, found: JSONValue) {
    self.init(at: path, "must be \(wanted), but is \(found.words)")
  }
}
