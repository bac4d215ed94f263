/// One part of a scanned text: a value, or the name of a member.
struct JSONToken {
  enum Kind: UInt8 {
    case object, array, string
    /// A string with a backslash in it.
    case escapedString
    case number, `true`, `false`, null
  }

  let kind: Kind
  /// Where the part begins; the content of a string begins behind the quote.
  let start: UInt32
  /// Where it ends, the end not included.
  var end: UInt32
  /// The token behind this one and all that is in it.
  var next: UInt32
}

extension JSONToken.Kind {
  /// What it is called in messages.
  var words: String {
    switch self {
    case .object: "an object"
    case .array: "a list"
    case .string, .escapedString: "a string"
    case .number: "a number"
    case .true, .false: "true or false"
    case .null: "null"
    }
  }
}
