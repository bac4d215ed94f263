import Intercept
import Testing

@testable import RuleCommands
@testable import istio_iptables_swift

/// The captured inbound ports if no option names one.
struct InboundPortsTests {
  private func rules(_ options: String) throws -> Ruleset {
    let settings = try TypedCommand(line: "--ip-family ipv4 -u 1337 " + options).settings()
    return try #require(RulesetBuilder.build(settings.configuration).first)
  }

  @Test(arguments: ["", "-b ''", "-b '  '", "-b '' -m TPROXY"])
  func withoutAListNothingIsLookedAt(_ options: String) throws {
    let rules = try rules(options)
    #expect(rules[.nat, ChainName(.prerouting)] == nil)
    #expect(rules[.mangle]?.chains.flatMap(\.rules).contains { $0.target == .jump(.istioInbound) } != true)
  }

  /// Istio takes a comma for a list: it looks at inbound connections, and knows no port to capture.
  @Test(arguments: [("-b ,", TableName.nat), ("-b ' , ,'", .nat), ("-b , -m TPROXY", .mangle)])
  func aCommaIsAListWithoutPorts(_ options: String, _ table: TableName) throws {
    let rules = try rules(options)
    let prerouting = rules[table, ChainName(.prerouting)]?.rules ?? []
    #expect(prerouting.map(\.iptablesText).contains("-p tcp -j ISTIO_INBOUND"))
    let inbound = rules[.nat, .istioInbound]?.rules.map(\.iptablesText)
    #expect(inbound == ["-p tcp -m tcp --dport 15008 -j RETURN"])
    let guess = try #require(Guess([rules]))
    #expect(guess.isComplete && guess.configuration.inboundPorts == .only([]))
    #expect(guess.text().contains("-b ,"))
  }
}
