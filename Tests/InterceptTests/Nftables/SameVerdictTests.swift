import TestSupport
import Testing

import Intercept
@testable import MeshRules
@testable import NetworkValues
@testable import NftablesModel
@testable import PacketTrace
@testable import RuleModel

/// Both forms give the same verdict for every packet, with an owner or without: native rules are lifted, and packets
/// are traced through both forms.
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

  /// Random rules of all kinds, so that every step of lowering is exercised.
  @Test(arguments: 0..<8)
  func randomPacketsOfRandomRules(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<30 {
      let rules = random.ruleset()
      let native = try NativeRuleset(lowering: [rules])
      let (wanted, lifted) = (Tracer(rules), Tracer(Ruleset(lifting: native, .ipv4)))
      for _ in 0..<25 {
        var flow = random.flow(.ipv4)
        // Lowering removes a rule that no packet can match; the tracer would report it as unknown.
        flow.source = flow.source ?? IPAddress("10.0.0.5")
        guard End(wanted.trace(flow)) != End(lifted.trace(flow)) else { continue }
        Issue.record(
          "\(rules.saveText())\n\(flow)\n\(End(wanted.trace(flow)))\n\(End(lifted.trace(flow)))\n\(native.nftText)"
        )
        return
      }
    }
  }

  /// The effect of the rules on a packet.
  private struct End: Hashable {
    let verdict: Verdict
    let packet: Packet

    /// Connection tracking is not compared: rules that no packet matches enable it too, and the native form omits
    /// them. No verdict depends on it.
    init(_ trace: Trace) {
      verdict = trace.verdict
      var packet = trace.packet
      if packet.tracking == .none { packet.tracking = .tracked }
      self.packet = packet
    }
  }
}
