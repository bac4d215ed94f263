import Glibc
import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// Reconciles from the rules of the option sets in golden/, as each release writes them, installed by iptables.
@Suite(.enabled(if: canUseKernel))
struct GoldenReconcileCampaign {
  /// Namespaces that the option sets are shared out to.
  private static let shares = 4
  private static let wanted = WantedState.all.filter {
    ["sidecar", "tproxy", "native everything", "native sidecar", "IPv4 alone"].contains($0.name)
  }
  /// All that there are under soak, and otherwise some of the releases of each option set.
  private static let tried = GoldenRules.all.indices.filter { $0.isMultiple(of: isSoak ? 1 : 6) }
  private static let isSoak = Soak.isOn

  @Test(arguments: 0..<shares)
  func whateverIsThereIsReplacedAndForeignRulesStay(_ share: Int) throws {
    #expect(Self.tried.count > 20)
    for number in Self.tried where number / 6 % Self.shares == share {
      let (golden, wanted) = (GoldenRules.all[number], Self.wanted[number % Self.wanted.count])
      try withNamespace {
        try golden.restore()
        try ForeignRules.scatter()
        let before = try ForeignRules.live()
        #expect(before.count == ForeignRules.count)
        try ReconcileTests.reconcile(to: wanted)
        #expect(try ForeignRules.live() == before, "from \(golden.name) to \(wanted.name)")
        _ = try InterceptionRules().clean()
        #expect(try ForeignRules.save() == ForeignRules.text, "from \(golden.name) to \(wanted.name)")
      }
    }
  }

  /// Clean recognises rules of any options and any release.
  @Test(arguments: 0..<shares)
  func cleanLeavesNothingOfIt(_ share: Int) throws {
    for number in Self.tried where number / 6 % Self.shares == share {
      let golden = GoldenRules.all[number]
      try withNamespace {
        try golden.restore()
        _ = try InterceptionRules().clean()
        #expect(try run("nft", "list", "ruleset") == "", "\(golden.name)")
      }
    }
  }
}
