import Intercept

/// Output of iptables-save. Printed and read again, it gives the same rules and the same text.
enum SavedRulesReader: FuzzedReader {
  static let name = "rules"

  static func check(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    for family in IPFamily.allCases { check(text, family, input) }
  }

  private static func check(_ text: String, _ family: IPFamily, _ input: [UInt8]) {
    let ruleset: Ruleset
    do {
      ruleset = try IptablesDump.parse(text, family: family).ruleset
    } catch {
      // Composing the error's text parses the line again.
      return Oracle.expectMessage(error, input)
    }
    if input.count % 4 == 0 { Simulation.run(ruleset, input) }
    let printed = ruleset.saveText()
    do {
      let again = try IptablesDump.parse(printed, family: family).ruleset
      Oracle.expect(again == ruleset, "rules that are read otherwise", input, output: printed)
      let second = again.saveText()
      Oracle.expect(second == printed, "rules that are printed otherwise", input, output: second)
    } catch {
      Oracle.expect(false, "rules that cannot be read: \(error)", input, output: printed)
    }
  }
}
