import Intercept
import KernelTestSupport
import TestSupport
import Netfilter
import Testing

@testable import KernelRules

@Suite(.enabled(if: hasLegacyTables, "the kernel has no tables of iptables-legacy"))
struct LegacyTablesTests {
  @Test func whoLooksForTablesMakesNone() throws {
    try withNamespace {
      #expect(LegacyTables.istioChains() == [])
      let live = try LegacyRules().live()
      #expect(live.allSatisfy { $0.isEmpty })
      #expect(LegacyTables.tables(.ipv4) == [])
      #expect(LegacyTables.tables(.ipv6) == [])
    }
  }

  @Test func chainsOfIstiosAreFoundAmongOthers() throws {
    try withNamespace {
      for ruleset in RulesetBuilder.build(Configurations.tproxy) {
        let program = LegacyProgram.restore(ruleset.family)
        _ = try program.run(["--noflush"], input: ruleset.restoreText())
      }
      try run("iptables-legacy", "-t", "filter", "-N", "NOT_ISTIO_OUTPUT")
      try run("iptables-legacy", "-t", "filter", "-N", "ISTIO_\(String(repeating: "X", count: 22))")
      let built = RulesetBuilder.build(Configurations.tproxy).flatMap { ruleset in
        ruleset.tables.flatMap { table in
          table.chains.filter(\.name.isIstio).map {
            "\($0.name) in \(table.name.rawValue) (\(ruleset.family))"
          }
        }
      }
      let found = LegacyTables.istioChains().map(\.description)
      #expect(Set(found) == Set(built + ["ISTIO_XXXXXXXXXXXXXXXXXXXXXX in filter (IPv4)"]))
      #expect(found.count == built.count + 1)
    }
  }

  @Test func foreignTablesHaveNone() throws {
    try withNamespace {
      try run("iptables-legacy", "-t", "mangle", "-A", "OUTPUT", "-j", "MARK", "--set-mark", "1")
      #expect(LegacyTables.istioChains() == [])
      let live = try LegacyRules().live()
      #expect(live.map(\.ruleCount) == [1, 0])
    }
  }
}
