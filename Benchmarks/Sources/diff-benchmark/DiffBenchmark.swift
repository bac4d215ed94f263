import Intercept
import Measuring

/// Time to read a dump of foreign rules and to find Istio's rules missing from it:
/// `swift run -c release diff-benchmark`.
@main enum DiffBenchmark {
  static func main() throws {
    var configuration = Configuration()
    configuration.inboundPorts = .all(except: [PortRange(15090), PortRange(15021), PortRange(15020)])
    configuration.outboundCIDRs = .all
    guard let wanted = RulesetBuilder.build(configuration).first else { return }
    for ruleCount in [1_000, 10_000, 100_000] { try measure(KubeProxyDump(ruleCount: ruleCount), wanted) }
  }

  private static func measure(_ dump: KubeProxyDump, _ wanted: Ruleset) throws {
    let text = dump.text
    let rounds = max(3, 100_000 / dump.ruleCount)
    let reading = try fastest(of: rounds) { try IptablesDump.parse(text, family: .ipv4).ruleset.ruleCount }
    let live = try IptablesDump.parse(text, family: .ipv4).ruleset
    let comparing = fastest(of: rounds) { RulesetDiff(wanted: wanted, live: live).differences.count }
    print(
      "\(live.ruleCount) rules: read in \(reading / live.ruleCount),",
      "compared in \(comparing / live.ruleCount) a rule; together \(reading + comparing)")
  }
}
