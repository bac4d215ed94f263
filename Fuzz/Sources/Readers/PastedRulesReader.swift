import Intercept

/// Rules in any form, with logs, prompts and markup around them.
enum PastedRulesReader: FuzzedReader {
  static let name = "pasted-rules"

  static func check(_ input: [UInt8]) {
    let pasted = PastedText(input)
    if let (listing, _) = pasted.nftListing { return NftReader.check(Array(listing.utf8)) }
    do {
      let text = try pasted.rules(RulesText.Options())
      text.report.notes.forEach { Oracle.expectVisible($0, input) }
      Oracle.expectVisible(text.report.summary, input)
      text.report.incompleteness.map { Oracle.expectVisible($0, input) }
      if input.count % 8 == 0 {
        text.rulesets.forEach { Simulation.run($0.markingUnlistedRules(text.report.coverage), input) }
      }
    } catch {
      Oracle.expectMessage(error, input)
    }
  }
}
