import NetworkValues

/// Reads an option's argument.
struct ArgumentReader<Value: Sendable>: Sendable {
  /// The kind of argument, for error messages: `a port 0-65535`.
  let wants: String
  /// Number of words of the argument; they are read joined by blanks.
  let wordCount: Int
  private let read: @Sendable (String, ReadingContext) throws(ExtensionProblem) -> Value?

  init(
    wants: String, wordCount: Int = 1,
    read: @escaping @Sendable (String, ReadingContext) throws(ExtensionProblem) -> Value?
  ) {
    self.wants = wants
    self.wordCount = wordCount
    self.read = read
  }

  /// The value of an argument.
  func value(of text: String, in context: ReadingContext) throws(ExtensionProblem) -> Value {
    guard let value = try read(text, context) else { throw .wants(wants) }
    return value
  }

  /// A reader of the same argument for another value.
  func map<Other>(_ transform: @escaping @Sendable (Value) -> Other) -> ArgumentReader<Other> {
    ArgumentReader<Other>(wants: wants, wordCount: wordCount) { text, context throws(ExtensionProblem) in
      transform(try value(of: text, in: context))
    }
  }
}

/// Reads and prints an option's argument.
struct ArgumentSyntax<Value: Sendable>: Sendable {
  let reader: ArgumentReader<Value>
  let write: @Sendable (Value) -> String
}

extension ArgumentSyntax {
  init(
    wants: String, wordCount: Int = 1,
    read: @escaping @Sendable (String, ReadingContext) throws(ExtensionProblem) -> Value?,
    write: @escaping @Sendable (Value) -> String
  ) {
    self.init(reader: ArgumentReader(wants: wants, wordCount: wordCount, read: read), write: write)
  }
}

extension ArgumentReader where Value: OptionSet & Sendable {
  /// A comma-separated list of names.
  ///
  /// - Parameters:
  ///   - names: the names; an abbreviation is the first name that begins with it.
  ///   - isExact: true if abbreviations and other letter cases are refused.
  static func names(
    _ names: [(value: Value, name: String)], isExact: Bool = false, wants: String
  ) -> ArgumentReader {
    ArgumentReader(wants: wants) { text, _ in
      var value: Value = []
      for item in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let found = names.first(where: { isExact ? item == $0.name : $0.name.begins(with: item) })
        else { return nil }
        value.formUnion(found.value)
      }
      return value
    }
  }
}

extension String {
  /// True if this text, in upper case, begins with another one of either case that is not empty.
  fileprivate func begins(with text: Substring) -> Bool {
    !text.isEmpty && text.utf8.count <= utf8.count && zip(text.utf8, utf8).allSatisfy { $0.uppercased == $1 }
  }
}
