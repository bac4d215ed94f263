import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// From every state that iptables-nft, nft and Istio can leave to every wanted one in either form, in a real kernel.
@Suite(.enabled(if: canUseKernel))
struct ReconcileTests {
  @Test(arguments: StartState.all.map(\.name), WantedState.all.map(\.name))
  func endsInTheWantedSet(_ start: String, _ wanted: String) throws {
    let start = try #require(StartState.all.first { $0.name == start })
    let wanted = try #require(WantedState.all.first { $0.name == wanted })
    try withNamespace {
      try start.make()
      try Self.reconcile(to: wanted)
      _ = try InterceptionRules().clean()
      #expect(try run("nft", "list", "ruleset") == "")
    }
  }

  @Test(arguments: StartState.all.map(\.name), WantedState.all.map(\.name))
  func foreignRulesStayWhereTheyAre(_ start: String, _ wanted: String) throws {
    let start = try #require(StartState.all.first { $0.name == start })
    let wanted = try #require(WantedState.all.first { $0.name == wanted })
    try withNamespace {
      try start.make()
      try ForeignRules.scatter()
      let before = try ForeignRules.live()
      #expect(before.count == ForeignRules.count)
      try Self.reconcile(to: wanted)
      #expect(try ForeignRules.live() == before)
      _ = try InterceptionRules().clean()
      #expect(try ForeignRules.live() == before)
      #expect(try ForeignRules.save() == ForeignRules.text)
      #expect(try InterceptionRules().clean().changedAnything == false)
    }
  }

  /// Reconciles twice: at first in one transaction at most, the second time nothing may happen.
  static func reconcile(to wanted: WantedState) throws {
    let rules = InterceptionRules(as: wanted.backend)
    let start = try generation()
    let isChanged = try rules.apply(wanted.rulesets, .reconcile).changedAnything
    let before = try generation()
    #expect(before.rawValue == start.rawValue + (isChanged ? 1 : 0))
    try expect(wanted, in: try rules.live())
    #expect(try rules.apply(wanted.rulesets, .reconcile).changedAnything == false)
    #expect(try rules.apply(wanted.rulesets, .install).changedAnything == false)
    try rules.check(wanted.rulesets)
    #expect(try generation() == before)
  }

  /// In the one form all that is wanted must be there, in the other nothing.
  private static func expect(_ wanted: WantedState, in live: LiveInterception) throws {
    let rulesets = ForeignRules.without(live.rulesets)
    switch wanted.backend {
    case .iptablesNFT:
      #expect(try rulesets == wanted.rulesets.map { try $0.asKept() }.filter { !$0.isEmpty })
      #expect(live.native == [])
    case .nftables:
      let native = try NativeRuleset(lowering: wanted.rulesets)
      #expect(NativeDiff(wanted: native, live: live.native).text() == "")
      #expect(live.native.count == native.tables.count)
      #expect(rulesets == [])
    }
  }

  static func generation() throws -> Generation {
    var connection = try NFTablesConnection.open()
    return try connection.generation()
  }
}

/// Rules that are wanted.
struct WantedState {
  var name: String
  var rulesets: [Ruleset]
  var backend = InterceptionRules.Backend.iptablesNFT

  static let all: [WantedState] = [
    WantedState(name: "sidecar", rulesets: RulesetBuilder.build(Configurations.sidecar)),
    WantedState(name: "sidecar 1.16", rulesets: RulesetBuilder.build(release(Configurations.sidecar, 16))),
    WantedState(name: "tproxy", rulesets: RulesetBuilder.build(Configurations.tproxy)),
    WantedState(name: "dns", rulesets: RulesetBuilder.build(Configurations.dns)),
    WantedState(name: "everything", rulesets: RulesetBuilder.build(Configurations.everything(.newest))),
    WantedState(name: "IPv4 alone", rulesets: Array(RulesetBuilder.build(Configurations.sidecar).prefix(1))),
    native("sidecar", Configurations.sidecar), native("tproxy", Configurations.tproxy),
    native("everything", Configurations.everything(.newest)), native("nothing", Configurations.nothing),
  ]

  private static func native(_ name: String, _ configuration: Configuration) -> WantedState {
    WantedState(name: "native \(name)", rulesets: RulesetBuilder.build(configuration), backend: .nftables)
  }

  static func release(_ configuration: Configuration, _ minor: Int) -> Configuration {
    var configuration = configuration
    configuration.release = IstioRelease(minor: minor) ?? .newest
    return configuration
  }
}

/// The initial rules, installed by iptables-nft or nft.
struct StartState {
  var name: String
  var make: @Sendable () throws -> Void

  init(_ name: String, make: @escaping @Sendable () throws -> Void) {
    self.name = name
    self.make = make
  }

  private init(_ name: String, _ configuration: Configuration) {
    self.init(name) { try Iptables.restore(RulesetBuilder.build(configuration)) }
  }

  /// The sidecar's rules, and then something done to them.
  private init(_ name: String, spoiled commands: [String]...) {
    self.init(name) {
      try Iptables.restore(RulesetBuilder.build(Configurations.sidecar))
      for command in commands { try run(["iptables-nft", "-t", "nat"] + command) }
    }
  }

  static let all: [StartState] =
    [
      StartState("nothing") {},
      StartState("1.16", WantedState.release(Configurations.sidecar, 16)),
      StartState("1.20", WantedState.release(Configurations.sidecar, 20)),
      StartState("1.24", WantedState.release(Configurations.sidecar, 24)),
      StartState("newest", Configurations.sidecar),
      StartState("TPROXY", Configurations.tproxy),
      StartState("DNS", Configurations.dns),
      StartState("DNS 1.16", WantedState.release(Configurations.dns, 16)),
      StartState("everything 1.20", Configurations.everything(IstioRelease(minor: 20) ?? .newest)),
      StartState("everything 1.24", Configurations.everything(IstioRelease(minor: 24) ?? .newest)),
      StartState("a rule missing", spoiled: ["-D", "ISTIO_OUTPUT", "3"]),
      StartState(
        "two rules swapped", spoiled: ["-D", "ISTIO_INBOUND", "1"],
        ["-A", "ISTIO_INBOUND", "-p", "tcp", "--dport", "15008", "-j", "RETURN"]),
      StartState(
        "rules doubled", spoiled: ["-A", "OUTPUT", "-j", "ISTIO_OUTPUT"],
        ["-I", "ISTIO_REDIRECT", "-p", "tcp", "-j", "REDIRECT", "--to-ports", "15001"]),
      StartState("a chain emptied", spoiled: ["-F", "ISTIO_OUTPUT"]),
      StartState(
        "a stranger's rule in our chain",
        spoiled: [
          "-I", "ISTIO_OUTPUT", "-m", "statistic", "--mode", "random", "--probability", "0.5", "-j", "RETURN",
        ]),
    ] + native
}
