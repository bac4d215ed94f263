/// One option of an extension: its spelling, and the part of the arguments it reads and prints.
struct OptionSyntax<Arguments: ExtensionArguments>: Sendable {
  typealias Part<Value> = WritableKeyPath<Arguments, Value> & Sendable

  /// The option's names, first the one `iptables-save` prints: `--to-ports`, `--to-port`.
  let names: [String]
  /// Number of words of the argument; 0 for a flag.
  let wordCount: Int
  /// Stores a given argument.
  let read: @Sendable (inout Arguments, Condition<String>, ReadingContext) throws(ExtensionProblem) -> Void
  /// The argument as printed, empty for a flag; nil if the option is absent.
  let write: @Sendable (Arguments) -> Condition<String>?

  /// An option with an argument that may be negated.
  static func value<Value>(
    _ names: String..., in part: any Part<Condition<Value>?>, as argument: ArgumentSyntax<Value>
  ) -> OptionSyntax {
    OptionSyntax(names: names, wordCount: argument.reader.wordCount) {
      arguments, given, context throws(ExtensionProblem) in
      guard arguments[keyPath: part] == nil else { throw .repeated }
      let value = try argument.reader.value(of: given.value, in: context)
      arguments[keyPath: part] = given.isNegated ? .not(value) : .is(value)
    } write: {
      $0[keyPath: part]?.map(argument.write)
    }
  }

  /// An option with an argument.
  static func value<Value>(
    _ names: String..., in part: any Part<Value?>, as argument: ArgumentSyntax<Value>
  ) -> OptionSyntax {
    OptionSyntax(names: names, wordCount: argument.reader.wordCount) {
      arguments, given, context throws(ExtensionProblem) in
      try assign(given, to: part, of: &arguments, as: argument.reader, in: context)
    } write: {
      $0[keyPath: part].map { .is(argument.write($0)) }
    }
  }

  /// A spelling that is read and never printed.
  static func reading<Value>(
    _ names: String..., in part: any Part<Value?>, as argument: ArgumentReader<Value>
  ) -> OptionSyntax {
    OptionSyntax(names: names, wordCount: argument.wordCount) {
      arguments, given, context throws(ExtensionProblem) in
      try assign(given, to: part, of: &arguments, as: argument, in: context)
    } write: { _ in
      nil
    }
  }

  private static func assign<Value>(
    _ given: Condition<String>, to part: any Part<Value?>, of arguments: inout Arguments,
    as argument: ArgumentReader<Value>, in context: ReadingContext
  ) throws(ExtensionProblem) {
    guard !given.isNegated else { throw .notNegatable }
    guard arguments[keyPath: part] == nil else { throw .repeated }
    arguments[keyPath: part] = try argument.value(of: given.value, in: context)
  }
}

/// Options without an argument.
extension OptionSyntax {
  /// A flag.
  static func flag(_ names: String..., in part: any Part<Bool>) -> OptionSyntax {
    OptionSyntax(names: names, wordCount: 0) { arguments, given, _ throws(ExtensionProblem) in
      guard !given.isNegated else { throw .notNegatable }
      guard !arguments[keyPath: part] else { throw .repeated }
      arguments[keyPath: part] = true
    } write: {
      $0[keyPath: part] ? .is("") : nil
    }
  }

  /// A flag that may be negated: true if present, false with a `!`, nil if absent.
  static func flag(_ names: String..., in part: any Part<Bool?>) -> OptionSyntax {
    OptionSyntax(names: names, wordCount: 0) { arguments, given, _ throws(ExtensionProblem) in
      guard arguments[keyPath: part] == nil else { throw .repeated }
      arguments[keyPath: part] = !given.isNegated
    } write: {
      $0[keyPath: part].map { $0 ? .is("") : .not("") }
    }
  }
}
