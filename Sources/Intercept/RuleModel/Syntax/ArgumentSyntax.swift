/// How an option's argument is read.
struct ArgumentReader<Value: Sendable>: Sendable {
  /// What the argument should be, for the error: `a port 0-65535`.
  let wants: String
  /// How many words it takes; they are read joined by blanks.
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

  /// The same argument, which stands for another value.
  func map<Other>(_ transform: @escaping @Sendable (Value) -> Other) -> ArgumentReader<Other> {
    ArgumentReader<Other>(wants: wants, wordCount: wordCount) { text, context throws(ExtensionProblem) in
      transform(try value(of: text, in: context))
    }
  }
}

/// How an option's argument is read and printed.
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
