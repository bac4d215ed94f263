/// The texts that one source gives for options: a command line, or a pod's manifest.
///
/// Linear search: few entries, and it avoids a Dictionary's conformance lookup at start-up.
public struct GivenOptions: Sendable {
  private var entries: [(option: OptionName, given: Options.Given)] = []

  public init() {}

  /// The text of an option, the last one of a repeated option. Setting it replaces all of them.
  public subscript(option: OptionName) -> Options.Given? {
    get { entries.last { $0.option == option }?.given }
    set {
      entries.removeAll { $0.option == option }
      if let newValue { entries.append((option, newValue)) }
    }
  }

  /// Adds a text: beside the others of a repeated option, in place of the one of any other.
  package mutating func add(_ given: Options.Given, for option: OptionName) {
    switch option.row.kind {
    case .repeated: entries.append((option, given))
    case .toggle, .value, .list: self[option] = given
    }
  }

  /// Every text of a repeated option, in order.
  func all(_ option: OptionName) -> [Options.Given] { entries.filter { $0.option == option }.map(\.given) }

  /// The options that are given, the last given last.
  public var options: [OptionName] { entries.map(\.option) }
}

extension GivenOptions: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (OptionName, Options.Given)...) {
    for (option, given) in elements { self[option] = given }
  }
}
