import TestSupport
import Testing

import Intercept
@testable import MeshRules
@testable import NetworkValues
@testable import NftablesModel
@testable import PacketTrace
@testable import RuleModel

/// The native form has the verdict that the iptables form has, for every packet, with an owner or without: told on
/// paper, by taking the native rules back to iptables' terms and tracing packets through both.
struct SameVerdictPropertyTests {
  @Test(arguments: 0..<8)
  func randomPacketsOfRandomConfigurations(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<6 {
      let configuration = Configuration.random(using: &random, of: OverlappingValues.all)
      let built = RulesetBuilder.build(configuration)
      let native = try NativeRuleset(lowering: built)
      for family in IPFamily.allCases {
        let wanted = Tracer(
          built.first { $0.family == family } ?? Ruleset(family),
          in: HostContext(loopbackMarks: configuration.loopbackMarks))
        let lifted = Tracer(
          Ruleset(lifting: native, family), in: HostContext(loopbackMarks: configuration.loopbackMarks))
        for _ in 0..<40 {
          let flow = random.flow(family)
          guard End(wanted.trace(flow)) != End(lifted.trace(flow)) else { continue }
          Issue.record(
            "\(configuration)\n\(flow)\n\(End(wanted.trace(flow)))\n\(End(lifted.trace(flow)))\n\(native.nftText)"
          )
          return
        }
      }
    }
  }

  /// The same of rules that nobody would write, so that all that is done to rules meets all kinds of them.
  @Test(arguments: 0..<8)
  func randomPacketsOfRandomRules(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<30 {
      let rules = random.ruleset()
      let native = try NativeRuleset(lowering: [rules])
      let (wanted, lifted) = (Tracer(rules), Tracer(Ruleset(lifting: native, .ipv4)))
      for _ in 0..<25 {
        var flow = random.flow(.ipv4)
        // Else a rule that no packet can match would leave the tracer in doubt.
        flow.source = flow.source ?? IPAddress("10.0.0.5")
        guard End(wanted.trace(flow)) != End(lifted.trace(flow)) else { continue }
        Issue.record(
          "\(rules.saveText())\n\(flow)\n\(End(wanted.trace(flow)))\n\(End(lifted.trace(flow)))\n\(native.nftText)"
        )
        return
      }
    }
  }

  /// What the rules have done to a packet.
  private struct End: Hashable {
    let verdict: Verdict
    let packet: Packet

    /// Whether connections are tracked at all hangs on rules that no packet matches as well, and those are left out of
    /// the native form. No verdict depends on it.
    init(_ trace: Trace) {
      verdict = trace.verdict
      var packet = trace.packet
      if packet.tracking == .none { packet.tracking = .tracked }
      self.packet = packet
    }
  }
}
