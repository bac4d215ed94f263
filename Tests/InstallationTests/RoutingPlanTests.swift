import Installation
import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// The routing that an installation would change, in its plan.
@Suite(.enabled(if: canUseKernel))
struct RoutingPlanTests {
  private static let tproxy = sidecar { $0.interception = .tproxy(mark: 1337, table: 133) }

  @Test func missingRoutingIsPlannedAndInstalledRoutingIsNot() throws {
    try withNamespace {
      try run("ip", "link", "set", "lo", "up")
      let first = try installation(Self.tproxy).plan()
      #expect(first.addedRouting == Routing(Self.tproxy) && !first.isNothing)
      #expect("\(first)".contains("add policy rule and route: fwmark 0x539 lookup 133 (IPv4)"))
      #expect("\(first)".contains("::6 on lo"))
      _ = try installation(Self.tproxy).apply()
      #expect(try installation(Self.tproxy).check().isNothing)
      try run("ip", "rule", "del", "fwmark", "1337", "lookup", "133")
      let again = try installation(Self.tproxy).check()
      #expect(!again.isNothing && again.plan?.isNothing == true)
      #expect(again.checked.contains("would add policy rule"))
    }
  }

  @Test func routingThatNoRuleNeedsIsRemovedByReconcile() throws {
    try withNamespace {
      try run("ip", "link", "set", "lo", "up")
      _ = try installation(Self.tproxy).apply()
      let plan = try installation(sidecar(), reconciles: true).plan()
      #expect(plan.removedRouting.diversions.count == 2)
      #expect("\(plan)".contains("remove policy rule and route"))
    }
  }
}
