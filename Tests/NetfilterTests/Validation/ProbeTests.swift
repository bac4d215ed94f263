import CNetfilter
import Intercept
import KernelTestSupport
import Netfilter
import SystemPackage
import TestSupport
import Testing

@testable import Probes
@testable import Sockets

/// The probe against rules that iptables-nft put into the kernel.
@Suite(.enabled(if: canUseKernel))
struct ProbeTests {
  private static let releases: [IstioRelease] = [IstioRelease("1.14"), IstioRelease("1.24"), .newest]
    .compactMap(\.self)

  private static let working: [(String, Configuration)] =
    [
      ("sidecar", Configurations.sidecar), ("tproxy", Configurations.tproxy), ("dns", Configurations.dns),
    ] + releases.map { ("everything \($0)", Configurations.everything($0)) }

  @Test(arguments: working.map(\.0), IPFamily.allCases)
  func aConnectionArrives(_ name: String, _ family: IPFamily) throws {
    let configuration = try #require(Self.working.first { $0.0 == name }).1
    try withRules(configuration) {
      let probe = Probe(configuration, family, port: 15002)
      let listener = try probe.run(within: .seconds(10))
      #expect(listener == probe.listeners[1])
    }
  }

  @Test func connectionsAreTriedUntilThereAreRules() throws {
    try withNamespace {
      let rules = try #require(RulesetBuilder.build(Configurations.sidecar).first)
      let later = "{ sleep 0.4; printf '%s' \"$0\" | iptables-nft-restore --noflush; } > /dev/null 2>&1 &"
      try run("sh", "-c", later, rules.restoreText())
      #expect(try Self.probe.run(within: .seconds(10)) == Self.probe.listeners[1])
    }
  }

  @Test func withoutRulesTheConnectionArrivesAtItsDestination() throws {
    try withNamespace {
      let missed = missed(Self.probe)
      #expect(missed?.end == .arrived)
      #expect(missed?.owner?.user == .defaultProxy)
      #expect(missed?.deaf == [])
      #expect(
        missed?.description == """
          no connection from 127.0.0.1 to 127.0.0.6:15002 came to 127.0.0.1:15001 or 127.0.0.1:15006 within \
          0.3 seconds: it came to its destination, no rule redirected it
          """)
    }
  }

  @Test func aFirewallThatDropsItLeavesItUnanswered() throws {
    try withRules(Configurations.sidecar) {
      try run("iptables-nft", "-A", "INPUT", "-p", "tcp", "--dport", "15006", "-j", "DROP")
      #expect(missed(Self.probe)?.end == .unanswered)
    }
  }

  @Test func withoutItsAddressIPv6HasNoRoute() throws {
    try withRules(Configurations.sidecar) {
      try run("ip", "-6", "address", "delete", "::6", "dev", "lo")
      let probe = Probe(Configurations.sidecar, .ipv6, port: 15002)
      #expect(missed(probe)?.end == .failed(.networkUnreachable))
    }
  }

  @Test func aRedirectionToAPortWithoutListenerIsNoneToTheProxy() throws {
    try withRules(Configurations.sidecar) {
      var configuration = Configurations.sidecar
      (configuration.proxyPort, configuration.inboundCapturePort) = (15101, 15106)
      #expect(missed(Probe(configuration, .ipv4, port: 15002))?.end == .refusedElsewhere)
      let other = try InternetSocket.listening(at: Self.probe.listeners[1])
      #expect(missed(Probe(configuration, .ipv4, port: 15002))?.end == .elsewhere)
      let isTaken = other.accept() != nil
      #expect(isTaken)
    }
  }

  @Test func withoutLoopbackNoConnectionIsPossible() throws {
    try withRules(Configurations.sidecar) {
      try run("ip", "link", "set", "lo", "down")
      let error = #expect(throws: ProbeError.self) { try Self.probe.run(within: .milliseconds(300)) }
      guard case .loopbackDown = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }
  }

  @Test func aConnectionThatAnotherProgramTakesDoesNotCount() throws {
    try withNamespace {
      let other = try InternetSocket.listening(at: Self.probe.target)
      #expect(missed(Self.probe)?.end == .arrived)
      let isTaken = other.accept() != nil
      #expect(isTaken)
    }
  }

  @Test func aConnectionOfAnotherProgramDoesNotCount() throws {
    try withNamespace {
      let listener = try InternetSocket.listening(at: Self.probe.listeners[1])
      let stranger = try InternetSocket.open(.ipv4)
      try? stranger.connect(to: Self.probe.listeners[1])
      #expect(missed(Self.probe)?.end == .arrived)
      let isTaken = listener.accept() != nil
      #expect(isTaken)
    }
  }

  static let probe = Probe(Configurations.sidecar, .ipv4, port: 15002)

  /// The failure of a probe that must fail.
  private func missed(_ probe: Probe) -> MissedProbe? {
    let error = #expect(throws: ProbeError.self) { try probe.run(within: .milliseconds(300)) }
    guard case .missed(let missed) = error else { return nil }
    return missed
  }

  private func withRules(_ configuration: Configuration, _ body: () throws -> Void) throws {
    try withNamespace {
      try Iptables.restore(RulesetBuilder.build(configuration))
      _ = try Routing(configuration).add()
      try body()
    }
  }
}
