import TextOutput

/// A JSON value.
package enum JSONValue: Equatable, Sendable {
  case null
  case string(String)
  case bool(Bool)
  case whole(Int64)
  /// A number with a fraction, or out of the range of `Int64`.
  case number(Double)
  case list([JSONValue])
  case object([String: JSONValue])
}

extension JSONValue {
  /// The member of an object; nil for other values.
  package subscript(name: String) -> JSONValue? {
    if case .object(let members) = self { members[name] } else { nil }
  }

  /// The text of a string, a number or a Boolean, formatted as Go's `fmt.Sprint` does.
  package var scalarText: String? {
    switch self {
    case .string(let text): text
    case .bool(let isTrue): "\(isTrue)"
    case .whole(let number): "\(number)"
    case .number(let number): "\(number)"
    case .object, .list, .null: nil
    }
  }

  /// The type for messages, and short values themselves.
  package var words: String {
    switch self {
    case .object: "an object"
    case .list: "a list"
    case .string(let text): text.count > 32 ? "a string" : "the string \(text.quotedForMessage)"
    case .bool, .whole, .number: scalarText ?? ""
    case .null: "null"
    }
  }
}

extension String {
  /// The text as a string of JSON (RFC 8259).
  package var jsonString: String {
    var json = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\": json += "\\\(scalar)"
      case "\0"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: json.unicodeScalars.append(scalar)
      }
    }
    return json + "\""
  }
}

extension ManifestTree {
  /// The value of the whole document.
  package var value: JSONValue { value(top) }

  /// The type of a value for messages, and short values themselves.
  func words(_ index: Int) -> String {
    switch kind(index) {
    case .object: "an object"
    case .list: "a list"
    case .null, .no, .yes, .number, .string, .alias, .merge: value(index).words
    }
  }

  func value(_ index: Int) -> JSONValue {
    switch kind(index) {
    case .null, .merge: return .null
    case .no: return .bool(false)
    case .yes: return .bool(true)
    case .string: return .string(text(index))
    case .number: return number(text(index))
    case .alias: return value(resolved(index))
    case .list: return .list(items(index).map(value))
    case .object:
      var members: [String: JSONValue] = [:]
      forEachMember(index) { members[text($0)] = value($1) }
      return .object(members)
    }
  }

  /// A number that is written with a fraction or an exponent can be whole.
  private func number(_ text: String) -> JSONValue {
    if let whole = Int64(text) { return .whole(whole) }
    let number = Double(text) ?? .infinity
    return Int64(exactly: number).map { .whole($0) } ?? .number(number)
  }
}
