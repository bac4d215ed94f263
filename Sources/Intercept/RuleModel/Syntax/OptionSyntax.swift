/// One option of an extension: how it is spelled, and which part of the options it stands for.
struct OptionSyntax<Options: ExtensionOptions>: Sendable {
  typealias Part<Value> = WritableKeyPath<Options, Value> & Sendable

  /// The option's names, first the one `iptables-save` prints: `--to-ports`, `--to-port`.
  let names: [String]
  /// How many words its argument takes; 0 for a flag.
  let wordCount: Int
  /// Puts what was given into the options.
  let read: @Sendable (inout Options, Condition<String>, ReadingContext) throws(ExtensionProblem) -> Void
  /// The option's argument as printed, empty for a flag; nil where the option is absent.
  let write: @Sendable (Options) -> Condition<String>?

  /// An option with an argument that may be negated.
  static func value<Value>(
    _ names: String..., in part: any Part<Condition<Value>?>, as argument: ArgumentSyntax<Value>
  ) -> OptionSyntax {
    OptionSyntax(names: names, wordCount: argument.reader.wordCount) {
      options, given, context throws(ExtensionProblem) in
      guard options[keyPath: part] == nil else { throw .repeated }
      let value = try argument.reader.value(of: given.value, in: context)
      options[keyPath: part] = given.isNegated ? .not(value) : .is(value)
    } write: {
      $0[keyPath: part]?.map(argument.write)
    }
  }

  /// An option with an argument.
  static func value<Value>(
    _ names: String..., in part: any Part<Value?>, as argument: ArgumentSyntax<Value>
  ) -> OptionSyntax {
    OptionSyntax(names: names, wordCount: argument.reader.wordCount) {
      options, given, context throws(ExtensionProblem) in
      try assign(given, to: part, of: &options, as: argument.reader, in: context)
    } write: {
      $0[keyPath: part].map { .is(argument.write($0)) }
    }
  }

  /// A spelling that is understood and never printed.
  static func reading<Value>(
    _ names: String..., in part: any Part<Value?>, as argument: ArgumentReader<Value>
  ) -> OptionSyntax {
    OptionSyntax(names: names, wordCount: argument.wordCount) {
      options, given, context throws(ExtensionProblem) in
      try assign(given, to: part, of: &options, as: argument, in: context)
    } write: { _ in
      nil
    }
  }

  private static func assign<Value>(
    _ given: Condition<String>, to part: any Part<Value?>, of options: inout Options,
    as argument: ArgumentReader<Value>, in context: ReadingContext
  ) throws(ExtensionProblem) {
    guard !given.isNegated else { throw .notNegatable }
    guard options[keyPath: part] == nil else { throw .repeated }
    options[keyPath: part] = try argument.value(of: given.value, in: context)
  }
}

/// Options without an argument.
extension OptionSyntax {
  /// An option that is there or not.
  static func flag(_ names: String..., in part: any Part<Bool>) -> OptionSyntax {
    OptionSyntax(names: names, wordCount: 0) { options, given, _ throws(ExtensionProblem) in
      guard !given.isNegated else { throw .notNegatable }
      guard !options[keyPath: part] else { throw .repeated }
      options[keyPath: part] = true
    } write: {
      $0[keyPath: part] ? .is("") : nil
    }
  }

  /// An option that is there, is there with a `!`, or is not there.
  static func flag(_ names: String..., in part: any Part<Bool?>) -> OptionSyntax {
    OptionSyntax(names: names, wordCount: 0) { options, given, _ throws(ExtensionProblem) in
      guard options[keyPath: part] == nil else { throw .repeated }
      options[keyPath: part] = !given.isNegated
    } write: {
      $0[keyPath: part].map { $0 ? .is("") : .not("") }
    }
  }
}
