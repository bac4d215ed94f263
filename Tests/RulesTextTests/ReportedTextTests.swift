import Intercept
import Testing

/// Rules in the shapes of public reports: logs of several programs, scripts, parts of listings.
@Suite struct ReportedTextTests {
  private static let table = "table ip nat {\n\tchain OUTPUT {\n\t\ttcp dport 80 counter accept\n\t}\n}\n"

  private func nft(_ text: String) throws -> (tables: [NftTable], report: RulesReport) {
    let pasted = PastedText(Array(text.utf8))
    let listing = try #require(pasted.nftListing)
    return (try NftRuleset(text: listing.text).tables, try #require(pasted.nftReport))
  }

  @Test func textBetweenTablesOfNftIsPassedOver() throws {
    let other = Self.table.replacing("nat", with: "mangle")
    let (tables, report) = try nft("before:\n```\n\(Self.table)```\nand then\n```\n\(other)```\nthanks\n")
    #expect(tables.map(\.name) == ["nat", "mangle"])
    #expect(report.passedOver.count == 3 && report.gap == nil, "\(report)")
  }

  @Test func anErrorOfNftNamesTheLineOfTheFile() throws {
    let text = "```\nsome text\n\(Self.table)```\n\(Self.table.replacing("chain OUTPUT {", with: "chain {"))"
    let error = #expect(throws: NftSyntaxError.self) { try nft(text) }
    #expect("\(try #require(error))".contains("line 10"))
  }

  @Test(arguments: ["tcp dport 80 coun", "tcp dport 443 counter accept\n", "chain X {"])
  func aListingOfNftThatIsCut(_ end: String) throws {
    let (tables, report) = try nft("\(Self.table.dropLast(5))\t\t\(end)")
    let chains = tables.first?.chains ?? []
    #expect(chains.first?.rules.first?.parts.count == 3, "\(chains)")
    #expect(report.gap != nil && report.summary.contains("incomplete"))
  }

  @Test(arguments: ["\tchain INPUT {\n\t}\n}\n", "table ip filter {\n...\n}\n"])
  func aListingOfNftWithoutItsBeginning(_ part: String) throws {
    let (tables, report) = try nft(part + Self.table)
    #expect(tables.last?.name == "nat" && report.gap != nil, "\(report)")
  }

  @Test func commandsAfterAnEmptyDumpCount() throws {
    let empty = "*nat\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n"
    let commands = Samples.commands(Samples.save) { "iptables -t \($0)" }
    let read = try RulesText.read(empty + commands)
    #expect(read.differences == 0 && read.report.forms == [.commands], "\(read.report)")
    #expect(try RulesText.read(commands + empty).differences == 0)
  }

  @Test func aCommentOnANewChainHasNoEffect() throws {
    let chain = "iptables -t nat -N A -m comment --comment made/1629379158\n"
    let read = try RulesText.read(chain + "iptables -t nat -A A -p tcp -j REDIRECT --to-ports 4143\n")
    #expect(read.rulesets.first?.tables.first?.chains.contains { $0.rules.count == 1 } == true)
    for command in ["-N A -p tcp", "-N A -j RETURN", "-X A -m owner --uid-owner 1"] {
      #expect(throws: RulesTextError.self) { try RulesText.read("iptables -t nat \(command)\n") }
    }
  }

  /// The order of the outputs of two commands in a row is not known.
  @Test func addressesDecideAboutTheFamilyAfterTwoCommands() throws {
    let rules =
      "* nat\n-A OUTPUT -d 127.0.0.1/32 -j RETURN\nCOMMIT\n* nat\n-A OUTPUT -d ::1/128 -j RETURN\nCOMMIT\n"
    for commands in ["iptables-save\nip6tables-save\n", "ip6tables-save\niptables-save\n"] {
      let read = try RulesText.read(commands + rules)
      #expect(read.rulesets.map(\.family) == [.ipv4, .ipv6], "\(read.report)")
    }
    let alone = try RulesText.read("ip6tables-save\n*nat\n-A OUTPUT -p tcp -j ACCEPT\nCOMMIT\n")
    #expect(alone.rulesets.map(\.family) == [.ipv6])
  }

  @Test func variablesOfAScriptAreExpanded() throws {
    let script = """
      export PORT=15001 # outbound
      PORTS="80,443"
      OWNER=$(id -u proxy)
      iptables -t nat -A OUTPUT -p tcp -m multiport --dports $PORTS -j REDIRECT --to-ports ${PORT}

      """
    let read = try RulesText.read(script)
    let plain = try RulesText.read(
      "iptables -t nat -A OUTPUT -p tcp -m multiport --dports 80,443 -j REDIRECT --to-ports 15001\n")
    #expect(read.rulesets == plain.rulesets)
    for word in ["$OWNER", "$MISSING", "${PORT", "$"] {
      #expect(throws: RulesTextError.self, "\(word)") {
        try RulesText.read(script + "iptables -t nat -A OUTPUT -m owner --uid-owner \(word) -j RETURN\n")
      }
    }
  }
}
