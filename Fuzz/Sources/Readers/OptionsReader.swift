import Intercept

/// The words of a command line, one a line; those with `=` and an upper-case letter first are variables as well.
enum OptionsReader: FuzzedReader {
  static let name = "options"

  static func check(_ input: [UInt8]) {
    let words = String(decoding: input, as: UTF8.self).split(separator: "\n").map(String.init)
    let arguments = GoArguments(words)
    arguments.problems.forEach { Oracle.expectVisible($0.description, input) }
    var reader = OptionReader(
      Options(flags: arguments.given, environment: variables(words), for: arguments.subcommand))
    let configuration = Configuration(reading: &reader, facts: UnknownHost())
    _ = RunOptions(reading: &reader)
    do {
      try reader.finish()
    } catch {
      return Oracle.expectMessage(error, input)
    }
    for ruleset in RulesetBuilder.build(configuration) { check(ruleset, input) }
    checkNative(configuration, input)
  }

  private static func variables(_ words: [String]) -> [String: String] {
    let pairs = words.compactMap { word -> (String, String)? in
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
    return Dictionary(pairs) { $1 }
  }

  /// Checks that the printed rules are read as the same rules.
  private static func check(_ ruleset: Ruleset, _ input: [UInt8]) {
    let printed = ruleset.saveText()
    do {
      let again = try IptablesDump.parse(printed, family: ruleset.family).ruleset
      Oracle.expect(again.saveText() == printed, "rules that are read otherwise", input, output: printed)
    } catch {
      Oracle.expect(false, "rules that cannot be read: \(error)", input, output: printed)
    }
  }

  /// Checks that rules in nftables form are read by the reader of listings.
  private static func checkNative(_ configuration: Configuration, _ input: [UInt8]) {
    do {
      let native = try NativeRuleset(lowering: RulesetBuilder.build(configuration))
      let read = try NftRuleset(text: native.nftText)
      Oracle.expect(
        read.tables.count == native.tables.count, "tables that are not read", input, output: native.nftText)
    } catch {
      Oracle.expectMessage(error, input)
    }
  }
}

/// A host without users, servers and IPv6.
struct UnknownHost: HostFacts {
  func user(named name: String) -> UserID? { nil }
  func group(named name: String) -> GroupID? { nil }
  func nameservers() -> [IPAddress] { [] }
  func usesIPv6(pastFirst: Bool) -> Bool { false }
}
