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
      let live = try LegacyRules().live()
      #expect(live.allSatisfy { $0.isEmpty })
      #expect(LegacyTables.tables(.ipv4) == [])
      #expect(LegacyTables.tables(.ipv6) == [])
    }
  }

  @Test func rulesOfOtherProgramsAreRead() throws {
    try withNamespace {
      try run("iptables-legacy", "-t", "mangle", "-A", "OUTPUT", "-j", "MARK", "--set-mark", "1")
      let live = try LegacyRules().live()
      #expect(live.map(\.ruleCount) == [1, 0])
    }
  }
}
