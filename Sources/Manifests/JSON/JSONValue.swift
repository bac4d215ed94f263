import Intercept

/// What a value of a JSON text is, where nobody knows what to expect.
enum JSONValue: Equatable {
  case object, list, null
  case string(String)
  case bool(Bool)
  case whole(Int64)
  case number(Double)
  /// A number that is too great for any type of ours, or a text with control characters in it.
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
  /// The text of a string, a number or a truth value, as Go's `fmt.Sprint` has it.
  var scalarText: String? {
    switch self {
    case .string(let text): text
    case .bool(let truth): "\(truth)"
    case .whole(let number): "\(number)"
    case .number(let number): "\(number)"
    case .object, .list, .null, .unreadable: nil
    }
  }

  /// What stands there, for messages: short values as they are.
  var words: String {
    switch self {
    case .object: "an object"
    case .list: "a list"
    case .string(let text): text.count > 32 ? "a string" : "the string \(text.quotedForMessage)"
    case .bool, .whole, .number: scalarText ?? ""
    case .null: "null"
    case .unreadable: "nothing that can be read"
    }
  }
}
