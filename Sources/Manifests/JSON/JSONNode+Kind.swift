/// A number of a JSON text.
enum JSONNumber {
  case whole(Int64)
  case other(Double)

  /// As Go's `fmt.Sprint` has it.
  var text: String {
    switch self {
    case .whole(let number): "\(number)"
    case .other(let number): "\(number)"
    }
  }
}

extension JSONNode {
  /// What a value is, where nobody knows what to expect.
  enum Kind {
    case object, list, null
    case string(String)
    case bool(Bool)
    case number(JSONNumber)
    /// A number that is too great for any type of ours, or a text with control characters in it.
    case unreadable
  }

  var kind: Kind {
    if let text { return .string(text) }
    if let truth { return .bool(truth) }
    if let whole { return .number(.whole(whole)) }
    if isObject { return .object }
    if items != nil { return .list }
    return isNull ? .null : number.map { .number(.other($0)) } ?? .unreadable
  }
}

extension JSONNode.Kind {
  /// What it is called in messages.
  var words: String {
    switch self {
    case .object: "an object"
    case .list: "a list"
    case .string: "a string"
    case .number: "a number"
    case .bool: "true or false"
    case .null: "null"
    case .unreadable: "nothing that can be read"
    }
  }
}
