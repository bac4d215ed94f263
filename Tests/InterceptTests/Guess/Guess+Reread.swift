import Intercept
import Testing

extension Guess {
  /// The guessed options, read again.
  func reread() throws -> Configuration {
    var flags = GivenOptions()
    var words = arguments[...]
    while let word = words.popFirst() {
      let option = try #require(
        OptionName.allCases.first { $0.flag == word || $0.letter.map { "-\($0)" } == word })
      flags[option] = Options.Given(name: word, text: option.isToggle ? "true" : words.popFirst() ?? "")
    }
    let variables = Dictionary(environment.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    var reader = OptionReader(Options(flags: flags, environment: variables))
    var configuration = Configuration(reading: &reader, facts: NoFacts())
    try reader.finish()
    configuration.release = releases.upperBound
    return configuration
  }
}

/// Host facts that need no lookup.
private struct NoFacts: HostFacts {
  func user(named name: String) -> UserID? { nil }
  func group(named name: String) -> GroupID? { nil }
  func nameservers() throws -> [IPAddress] { [] }
  func usesIPv6(pastFirst: Bool) throws -> Bool { false }
}
