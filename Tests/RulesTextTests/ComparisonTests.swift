import Intercept
import TestSupport
import Testing

/// Comparison of two texts, and hints.
@Suite struct ComparisonTests {
  private func rules(_ text: String) throws -> Ruleset { try RulesText.read(text).rulesets[0] }

  @Test func rulesOfEveryProgramCount() throws {
    let before = try rules(
      "*filter\n:MINE - [0:0]\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n-A MINE -j DROP\nCOMMIT\n")
    #expect(RulesetDiff(from: before, to: before).isEmpty)
    let after = try rules("*filter\n-A INPUT -p tcp -m tcp --dport 23 -j ACCEPT\n-A OUTPUT -j DROP\nCOMMIT\n")
    #expect(
      RulesetDiff(from: before, to: after).differences.map(\.kind) == [.changed, .unexpected, .missing])
    #expect(RulesetDiff(wanted: Ruleset(.ipv4), live: after).isEmpty)
  }

  @Test func policiesCountBetweenTwoTexts() throws {
    let open = try rules("*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n")
    let closed = try rules("*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n")
    #expect(RulesetDiff(from: closed, to: closed).isEmpty)
    let differences = RulesetDiff(from: open, to: closed).differences
    #expect(Set(differences) == [.policy(wanted: .accept, live: .drop)] && differences.count == 2)
    #expect(RulesetDiff(from: closed, to: open).differences.count == 2)
    #expect(RulesetDiff(wanted: open, live: closed).isEmpty)
  }

  @Test func theReleaseWithTheseRulesIsFound() throws {
    let old = try #require(IstioRelease(minor: 16))
    let live = RulesetBuilder.build(.sidecar { $0.release = old })
    let hint = try #require(ReleaseHint(.sidecar(), live))
    #expect(RulesetBuilder.build(.sidecar { $0.release = hint.release }) == live && hint.release != .newest)
    #expect(ReleaseHint(.sidecar { $0.release = old }, live) == nil)
    #expect(ReleaseHint(.sidecar(), RulesetBuilder.build(.sidecar { $0.proxyPort = 1 })) == nil)
  }
}

/// Texts with changes by chance.
@Suite struct RandomTextTests {
  @Test(arguments: 0..<40)
  func everyTextIsReadOrRefused(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let commands = Samples.commands(Samples.save) { "iptables -t \($0)" }
    var text = Array(random.pick(Samples.save, commands, Samples.json(Samples.save)).utf8)
    for wrapper in random.some(of: WrapperTests.wrappers.map(\.wrap), upTo: 2) {
      text = Array(wrapper(String(decoding: text, as: UTF8.self)).utf8)
    }
    for _ in 0..<random.pick(0, 1, 5, 30) {
      let place = Int.random(in: 0..<text.count, using: &random)
      let end = min(text.count, place + Int.random(in: 0..<40, using: &random))
      text.replaceSubrange(
        place..<end, with: random.pick([], Array("\"".utf8), Array("\\n{[".utf8), [0], Array(text[..<end])))
      if text.count > 1 << 18 { text.removeLast(text.count - 1 << 18) }
    }
    do {
      let read = try RulesText.read(text)
      #expect(!read.rulesets.isEmpty && Set(read.rulesets.map(\.family)).count == read.rulesets.count)
    } catch {
      #expect(!error.description.isEmpty)
    }
  }
}
