import FoundationEssentials

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

extension JSONNode.Value {
  /// A value that has no parts. A number that is too great for any type of ours is no value.
  init(scalar: any SingleValueDecodingContainer) throws {
    if scalar.decodeNil() {
      self = .null
    } else if let text = try? scalar.decode(String.self) {
      self = .string(text)
    } else if let truth = try? scalar.decode(Bool.self) {
      self = .bool(truth)
    } else if let number = try? scalar.decode(Int64.self) {
      self = .number(.whole(number))
    } else {
      self = .number(.other((try? scalar.decode(Double.self)) ?? .infinity))
    }
  }

  /// What it is called in messages.
  var words: String {
    switch self {
    case .object: "an object"
    case .list: "a list"
    case .string: "a string"
    case .number: "a number"
    case .bool: "true or false"
    case .null: "null"
    }
  }
}
