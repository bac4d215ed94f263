import Intercept
import TestSupport
import Testing

/// Texts whose end is missing.
@Suite struct MissingEndTests {
  /// Number of differences from a sidecar's rules in the part that a text shows.
  private func differences(_ text: RulesText) -> Int {
    RulesetDiff(wanted: Samples.wanted[0].limited(to: text.report.coverage), live: text.rulesets[0])
      .differences.count
  }

  /// A sidecar's rules, as `iptables -t nat -S` prints them.
  private static let listed: String = {
    let lines = Samples.save.split(separator: "\n")
    let declarations = lines.filter { $0.hasPrefix(":") }.map { line in
      let words = line.dropFirst().split(separator: " ")
      return words[1] == "-" ? "-N \(words[0])" : "-P \(words[0]) \(words[1])"
    }
    return (declarations + lines.filter { $0.hasPrefix("-A ") }.map(String.init)).map { $0 + "\n" }.joined()
  }()

  /// A listing of `iptables -L -v` with the chains of a redirection.
  private static let chains = ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"].map {
    "Chain \($0) (policy ACCEPT 0 packets, 0 bytes)\n\(columns)"
      + ($0 == "OUTPUT" ? row("ISTIO_OUTPUT") : "")
  }.joined(separator: "\n")
  private static let columns = "pkts bytes target prot opt in out source destination\n"

  private static func row(_ target: String, _ rest: String = "") -> String {
    "0 0 \(target) 6 -- * * 0.0.0.0/0 0.0.0.0/0 \(rest)\n"
  }

  @Test func aCutChainNameIsNoChain() throws {
    for text in [Samples.save, Self.listed] {
      for stump in ["-A ISTIO_OUTPUT", "-N ISTIO_OUTPUT"] {
        guard let place = text.firstRange(of: stump)?.lowerBound else { continue }
        for length in 1...stump.count {
          let cut = try RulesText.read(String(text[..<place]) + stump.prefix(length))
          #expect(cut.report.gap != nil || length == 1, "\(stump.prefix(length)) \(cut.report)")
          #expect(cut.report.gap == nil || differences(cut) == 0, "\(stump.prefix(length)) \(cut.report)")
          let chains = cut.rulesets[0].tables.flatMap(\.chains).map(\.name.text)
          #expect(
            Set(chains).isSubset(of: Samples.wanted[0].tables.flatMap(\.chains).map(\.name.text) + Self.hooks)
          )
        }
      }
    }
  }

  private static let hooks = ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"]

  @Test(arguments: ["\"", "I0102 03:04:05.678901 1 main.go:42] rules=\"", #"{"log":""#, #"level=info msg=""#])
  func aCutQuotedLineIsRead(envelope: String) throws {
    let escaped = Samples.save.replacing("\n", with: "\\n")
    for end in ["-A ISTIO_OUTPUT -d", "-A ISTIO_OUTPUT", "COMMIT"] {
      let place = try #require(escaped.firstRange(of: end))
      for part in [escaped[..<place.upperBound], escaped[..<place.lowerBound]] {
        let cut = try RulesText.read(envelope + part)
        #expect(cut.rulesets[0].tables.contains { $0.chains.contains { !$0.rules.isEmpty } })
        #expect(end == "COMMIT" || cut.report.gap != nil, "\(cut.report)")
        // The chain of the cut is shown in part.
        let isShown = end != "-A ISTIO_OUTPUT -d"
        #expect(!isShown || differences(cut) == 0, "\(part.suffix(20)) \(cut.report)")
      }
    }
  }

  @Test(arguments: ["...", "…", " ...", "(truncated)", "... (truncated)", "<truncated 512 bytes>"])
  func aStringThatItsLoggerShortenedIsCut(mark: String) throws {
    for end in ["-A ISTIO_OUTPUT -d", "-A ISTIO_OUTPUT ! -d 127.0.0.1/32 -o lo -p tcp", ":ISTIO_INB"] {
      let place = try #require(Samples.save.firstRange(of: end))
      let string = Samples.json(Samples.save[..<place.upperBound] + mark)
      for text in [
        "\(string)\n", "level=info msg=\(string) ns=a\n", "{\"level\":\"info\",\"msg\":\(string)}\n",
        "I0102 03:04:05.678901 1 main.go:42] \"save\" rules=\(string)\n",
      ] {
        let cut = try RulesText.read(text)
        #expect(cut.report.gap != nil, "\(text.suffix(60)) \(cut.report)")
        let wanted = Samples.wanted[0].limited(to: cut.report.coverage)
        let diff = RulesetDiff(wanted: wanted, live: cut.rulesets[0])
        #expect(diff.differences.allSatisfy { $0.kind == .missing }, "\(text.suffix(60)) \(diff.differences)")
      }
    }
  }

  @Test(arguments: ["iptables-save -t nat", "iptables -t nat -nvL", "ip6tables -t nat --list-rules"])
  func aPromptThatListsRulesIsNoCutRule(command: String) throws {
    let read = try RulesText.read("\(Self.listed)root@web:/# \(command)")
    #expect(read.report.gap == nil && read.differences == 0, "\(read.report)")
    #expect(try RulesText.read("\(Self.listed)root@web:/# iptables -t nat -A OUTPUT").report.gap != nil)
  }

  @Test func aListingEndsWithTheRulesOfItsLastChain() throws {
    let output = "\nChain ISTIO_OUTPUT (1 references)\n"
    let redirect = "\nChain ISTIO_REDIRECT (1 references)\n"
    let whole =
      Self.chains + output + Self.columns + Self.row("ISTIO_REDIRECT") + redirect + Self.columns
      + Self.row("REDIRECT", "redir ports 15001")
    #expect(try RulesText.read(whole).report.gap == nil)
    let parts = [
      Self.chains + output, Self.chains + output + Self.columns,
      Self.chains + output + Self.columns + Self.row("RETURN") + redirect + Self.columns
        + Self.row("REDIRECT", "redir ports 15001"),
      Self.chains + output + Self.columns + Self.row("ISTIO_REDIRECT")
        + redirect.replacing("(1", with: "(2") + Self.columns + Self.row("REDIRECT", "redir ports 15001"),
    ]
    for part in parts { #expect(try RulesText.read(part).report.gap != nil, "\(part)") }
  }

  @Test func theLastDeclaredChainHasRules() throws {
    #expect(try RulesText.read(Self.listed).report.gap == nil)
    let end = try #require(Self.listed.firstRange(of: "-A ISTIO_REDIRECT"))
    let cut = try RulesText.read(String(Self.listed[..<end.lowerBound]))
    #expect(cut.report.gap != nil && differences(cut) == 0, "\(cut.report)")
    // Other programs create chains without rules.
    let docker = "-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n-N DOCKER\n-A FORWARD -j DOCKER\n"
    #expect(try RulesText.read(docker).report.gap == nil)
  }

  @Test(arguments: ["", "\t\ttype nat hook prerouting priority dstnat; policy accept;\n"])
  func aChainOfNftWithoutRulesIsNotShown(heading: String) throws {
    let whole = """
      table ip nat {
      \tchain ISTIO_REDIRECT {
      \t\tmeta l4proto tcp counter packets 0 bytes 0 redirect to :15001
      \t}

      """
    let text = PastedText(Array((whole + "\n\tchain PREROUTING {\n" + heading).utf8))
    let listing = try #require(text.nftListing)
    let tables = try NftRuleset(text: listing.text)
    #expect(tables.tables.map { $0.chains.map(\.name) } == [["ISTIO_REDIRECT"]] && text.nftReport?.gap != nil)
    #expect(tables.foreignTables.tables.isEmpty)
  }

  @Test(arguments: [
    ("[pod/web-0/istio-init] ", "[pod/web-1/istio-init] "), ("web-0 istio-init ", "web-1 istio-init "),
  ]) func oneOfTwoPodsWithQuotedRulesIsRead(first: String, second: String) throws {
    let read = try RulesText.read(
      "\(first)\(Samples.json(Samples.save))\n\(second)\(Samples.json(Samples.changed))\n")
    #expect(read.differences == 0 && read.report.remarks.count == 1, "\(read.report)")
    let both = try RulesText.read(
      "iptables-restore: \(Samples.json(Samples.save))\nip6tables-restore: \(Samples.json(Samples.save))\n")
    #expect(!both.report.remarks.contains { $0.contains("pods") })
  }
}
