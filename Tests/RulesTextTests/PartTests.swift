import Intercept
import TestSupport
import Testing

/// Texts that show a part of a rule set: single chains, gaps, and lines without their end.
@Suite struct PartTests {
  private static func flow() throws -> Flow {
    let destination = try #require(Endpoint("10.0.0.9:80"))
    let (user, group) = try (#require(UserID(rawValue: 1000)), #require(GroupID(rawValue: 1000)))
    return Flow(.outbound, to: destination, owner: SocketOwner(user: user, group: group))
  }

  private func verdict(_ text: RulesText) throws -> Verdict {
    try Tracer(text.rulesets[0].markingUnlistedRules(text.report.coverage)).verdict(of: Self.flow())
  }

  private func isUndecided(_ text: RulesText) throws -> Bool { try verdict(text) == .unknown }

  /// The lines of a sidecar's table nat that name one of some chains, in the form of `iptables -S`.
  private func listing(of chains: String...) -> String {
    Samples.save.split(separator: "\n").filter { line in chains.contains { line.hasPrefix("-A \($0) ") } }
      .map { $0 + "\n" }.joined()
  }

  private func declaration(of chain: String) -> String {
    chain == "OUTPUT" ? "-P OUTPUT ACCEPT" : "-N \(chain)"
  }

  @Test(arguments: ["ISTIO_OUTPUT", "ISTIO_INBOUND", "OUTPUT"])
  func aSingleChainGivesNoVerdict(chain: String) throws {
    let text = try RulesText.read("\(declaration(of: chain))\n" + listing(of: chain))
    #expect(try text.report.gap != nil && isUndecided(text), "\(text.report)")
    let wanted = Samples.wanted[0].limited(to: text.report.coverage)
    #expect(RulesetDiff(wanted: wanted, live: text.rulesets[0]).isEmpty && !wanted.isEmpty)
  }

  @Test func chainsOfOneTableAreJoined() throws {
    let chains = ["OUTPUT", "ISTIO_OUTPUT", "ISTIO_REDIRECT", "ISTIO_IN_REDIRECT"]
    let text = try RulesText.read(
      chains.map {
        "$ iptables -t nat -S \($0)\n\(declaration(of: $0))\n" + listing(of: $0)
      }
      .joined())
    #expect(text.report.gap != nil && text.report.remarks.isEmpty, "\(text.report)")
    #expect(try verdict(text) == Tracer(Samples.wanted[0]).verdict(of: Self.flow()))
  }

  @Test func theWholeTableIsNoPart() throws {
    for text in [Samples.save, Samples.commands(Samples.save) { "iptables -t \($0)" }] {
      let read = try RulesText.read(text)
      #expect(read.report.coverage.showsWholeTables && read.report.gap == nil)
    }
  }

  @Test(arguments: 1..<5) func aNumberThatIsCutIsNoPort(length: Int) throws {
    let end = try #require(Samples.save.firstRange(of: "--to-ports 15001"))
    let start = String(Samples.save[..<end.lowerBound]) + "--to-ports "
    let text = try RulesText.read(start + "15001".prefix(length))
    #expect(try text.report.gap != nil && isUndecided(text), "\(text.report)")
    let guess = try #require(InstalledMesh(text.rulesets, coverage: text.report.coverage).guess)
    #expect(guess.configuration.proxyPort == 15001 && guess.isComplete)
    let whole = try RulesText.read(start + "15001")
    #expect(try verdict(whole) == Tracer(Samples.wanted[0]).verdict(of: Self.flow()))
  }

  @Test func aLastRuleWithoutItsTargetIsCut() throws {
    let rules = listing(of: "OUTPUT", "ISTIO_OUTPUT", "ISTIO_REDIRECT", "ISTIO_IN_REDIRECT")
    for end in ["-A ISTIO_REDIRECT -d 10.0.0.0/8", "-A ISTIO_REDIRECT -p tcp -j ISTIO_IN_REDIR"] {
      #expect(try RulesText.read(rules + end).report.gap != nil)
      #expect(try RulesText.read(String(rules.dropLast())).report.gap == nil)
    }
  }

  @Test(arguments: 2...4) func aRepeatedSetIsOneSet(count: Int) throws {
    let rules = Samples.save.split(separator: "\n").filter { $0.hasPrefix("-A ") }
    let text = try RulesText.read(Array(repeating: rules, count: count).joined().map { $0 + "\n" }.joined())
    #expect(text.differences == 0 && text.report.remarks.contains { $0.contains("occurs \(count) times") })
    // Rules of one chain, and rules that are there twice in a whole set, do not show a repetition.
    let twice = try RulesText.read(rules.flatMap { [$0, $0] }.map { $0 + "\n" }.joined())
    #expect(twice.differences == rules.count && twice.report.remarks.isEmpty)
  }

  @Test func rulesInAGapMayDecide() throws {
    let lines = Samples.save.split(separator: "\n")
    let middle = try #require(lines.firstIndex { $0.contains("--uid-owner") })
    let text = try RulesText.read(
      (lines[..<middle] + ["..."] + lines[(middle + 2)...]).joined(separator: "\n") + "\n")
    #expect(try isUndecided(text) && text.report.incompleteness?.contains("ISTIO_OUTPUT") == true)
  }

  @Test func optionsOfRulesInAGapAreNotGuessed() throws {
    let lines = Samples.save.split(separator: "\n")
    let first = try #require(lines.firstIndex { $0.hasPrefix("-A ISTIO_OUTPUT") })
    let last = try #require(lines.lastIndex { $0.hasPrefix("-A ISTIO_OUTPUT") })
    for end in first..<last {
      let text = try RulesText.read(lines[...end].joined(separator: "\n") + "\n")
      let guess = try #require(InstalledMesh(text.rulesets, coverage: text.report.coverage).guess)
      #expect(guess.arguments.contains("-b") && !guess.arguments.contains("-i"), "\(guess.arguments)")
    }
  }

  @Test func optionsOfOtherChainsAreNotGuessed() throws {
    let text = try RulesText.read("-N ISTIO_INBOUND\n" + listing(of: "ISTIO_INBOUND"))
    let guess = try #require(InstalledMesh(text.rulesets, coverage: text.report.coverage).guess)
    #expect(guess.isComplete && guess.arguments.contains("-b") && !guess.arguments.contains("-i"))
  }

  @Test func chainsOfNftWithoutTheRestAreAPart() throws {
    let chain =
      "table ip nat {\n\tchain ISTIO_OUTPUT {\n\t\tcounter packets 0 bytes 0 jump ISTIO_REDIRECT\n\t}\n}\n"
    let part = try NftRuleset(text: chain)
    #expect(part.missingPart != nil)
    let rules = part.rules(.ipv4).markingUnlistedRules(part.coverage(endsEarly: false))
    #expect(try Tracer(rules, beside: part).verdict(of: Self.flow()) == .unknown)
    let both = try NftRuleset(
      text: chain
        + chain.replacing("ISTIO_OUTPUT", with: "ISTIO_REDIRECT").replacing(
          "jump ISTIO_REDIRECT", with: "return"))
    #expect(both.tables.map(\.chains.count) == [2])
    let json = try NftRuleset(text: #"{"nftables":[{"chain":{"family":"ip","table":"nat","name":"A"}}]}"#)
    #expect(json.tables.map(\.chains.count) == [1] && json.missingPart != nil)
  }

  @Test func aGuessKnowsWhatNftLeavesOut() throws {
    let bare = Samples.wanted[0].mapTargets {
      if case .redirect = $0 { .opaque(OpaqueTarget("REDIRECT")) } else { $0 }
    }
    let guess = try #require(InstalledMesh([bare]).guess)
    #expect(guess.isComplete && guess.abbreviatedExtensions == ["REDIRECT"])
  }
}

extension Ruleset {
  fileprivate func mapTargets(_ change: (Target) -> Target) -> Ruleset {
    Ruleset(
      family,
      tables: tables.map { table in
        Table(
          table.name,
          chains: table.chains.map {
            Chain($0.name, rules: $0.rules.map { Rule($0.matches, change($0.target)) })
          })
      })
  }
}

/// Logs of several pods in one text.
@Suite struct PodLogTests {
  /// The lines of two texts by turns, each after a prefix.
  private func interleaved(_ first: (prefix: String, text: String), _ second: (prefix: String, text: String))
    -> String
  {
    let lines = [first.text, second.text].map { $0.split(separator: "\n") }
    let prefixes = [first.prefix, second.prefix]
    return (0..<(lines.map(\.count).max() ?? 0)).flatMap { index in
      lines.indices.compactMap {
        lines[$0].indices.contains(index) ? prefixes[$0] + lines[$0][index] + "\n" : nil
      }
    }.joined()
  }

  @Test(arguments: [
    ("[pod/web-0/istio-init] ", "[pod/web-1/istio-init] "), ("web-0 istio-init ", "web-1 istio-init "),
    ("web-7b5f-x istio-init › ", "api-6c4d-y istio-init › "), ("istio-init-1  | ", "istio-init-2  | "),
  ]) func oneOfTwoPodsIsRead(first: String, second: String) throws {
    let read = try RulesText.read(interleaved((first, Samples.save), (second, Samples.changed)))
    #expect(read.differences == 0 && read.report.remarks.count == 1, "\(read.report)")
    let swapped = try RulesText.read(interleaved((first, Samples.changed), (second, Samples.save)))
    #expect(swapped.differences > 0)
  }

  @Test func fieldsNameThePodToo() throws {
    func lines(_ pod: String, _ text: String) -> String {
      text.mapLines { #"2026-01-02T03:04:05Z stdout F {"pod_name": "\#(pod)", "log": "\#($0)"}"# }
    }
    let read = try RulesText.read(
      interleaved(("", lines("a", Samples.save)), ("", lines("b", Samples.changed))))
    #expect(read.differences == 0 && read.report.remarks.count == 1, "\(read.report)")
  }

  @Test func onePodIsNoReasonForARemark() throws {
    let text = Samples.save.mapLines { "[pod/web-0/istio-init] \($0)" }
    #expect(try RulesText.read(text).report.remarks.isEmpty)
  }
}
