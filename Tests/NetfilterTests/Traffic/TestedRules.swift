import Intercept
import TestSupport

/// Rules as they are put into the kernel, and as they are traced.
struct TestedRules {
  /// In the words that the tracer is given.
  let traced: [Ruleset]
  /// The rules before the conversion.
  let original: [Ruleset]
  /// Puts them into the namespace of the calling thread.
  let install: () throws -> Void

  init(iptables rulesets: [Ruleset]) {
    traced = rulesets
    original = rulesets
    install = { try Iptables.restore(rulesets) }
  }

  /// - Throws: if they have no native form.
  init(native rulesets: [Ruleset]) throws {
    let native = try NativeRuleset(lowering: rulesets)
    traced = IPFamily.allCases.map { Ruleset(lifting: native, $0) }
    original = rulesets
    install = { try run("nft", "-f", "-", input: native.nftText) }
  }
}
