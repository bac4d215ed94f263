/// The texts that one source gives for options: a command line, or a pod's manifest.
///
/// Few of the options are given, so they are looked through: at the start of a program, the first look for a type's
/// hash costs more than all of them together.
public struct GivenOptions: Sendable {
  private var entries: [(option: OptionName, given: Options.Given)] = []

  public init() {}

  public subscript(option: OptionName) -> Options.Given? {
    get { entries.first { $0.option == option }?.given }
    set {
      entries.removeAll { $0.option == option }
      if let newValue { entries.append((option, newValue)) }
    }
  }

  /// The options that are given, the last given last.
  public var options: [OptionName] { entries.map(\.option) }
}

extension GivenOptions: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (OptionName, Options.Given)...) {
    for (option, given) in elements { self[option] = given }
  }
}
