import Intercept

/// Output of `nft list ruleset`.
enum NftReader: FuzzedReader {
  static let name = "nft"

  static func check(_ input: [UInt8]) {
    do {
      let tables = try NftRuleset(text: String(decoding: input, as: UTF8.self))
      Simulation.run(tables, input)
      tables.missingPart.map { Oracle.expectVisible($0, input) }
      let coverage = tables.coverage(endsEarly: input.count.isMultiple(of: 2))
      Simulation.run(tables.rules(.ipv4).markingUnlistedRules(coverage), input)
      tables.dormantTables.forEach { Oracle.expectVisible($0, input) }
    } catch {
      Oracle.expectMessage(error, input)
    }
  }
}

/// Output of `nft -j list ruleset`.
enum NftJSONReader: FuzzedReader {
  static let name = "nft-json"

  static func check(_ input: [UInt8]) { NftReader.check(input) }
}
