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

  @Test(arguments: [
    "tcp dport 80\naccept", "tcp dport 80 counter jump\nX", "ip daddr 192.0.2.1 tcp\ndport 80 accept",
  ])
  func aRuleOfNftOverTwoLinesIsAGap(_ rule: String) throws {
    let (_, report) = try nft(Self.table.replacing("tcp dport 80 counter accept", with: rule))
    #expect(report.gap != nil, "\(report)")
    #expect(try nft(Self.table).report.gap == nil)
  }

  @Test func aStringOfNftOverTwoLinesIsAnError() throws {
    let text = #"{"nftables": [{"table": {"family": "ip", "name": "n\#nat", "handle": 1}}]}"#
    #expect(throws: NftSyntaxError.self) { try NftRuleset(json: text) }
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

  @Test(arguments: [
    "IPT=/sbin/iptables\n$IPT", "IPT=$(which iptables)\n\"$IPT\"", "${IPTABLES}", "$ipt", "sudo $IPT -w",
  ])
  func aVariableOfAScriptIsTheProgram(_ program: String) throws {
    let read = try RulesText.read(
      "\(program) -t nat -A OUTPUT -p tcp \\\n  --dport 80 -j REDIRECT --to-ports 15001\n")
    let plain = try RulesText.read(
      "iptables -t nat -A OUTPUT -p tcp --dport 80 -j REDIRECT --to-ports 15001\n")
    #expect(read.rulesets == plain.rulesets)
    let other = try RulesText.read("$IP6T -A OUTPUT -p tcp -j RETURN\n")
    #expect(other.rulesets.map(\.family) == [.ipv6])
  }

  @Test func commandsOfAScriptThatSharesItsProgram() throws {
    let script = """
      IPTABLES="sudo iptables -w"
      PORT=15001
      $IPTABLES -t nat -N X || true
      $IPTABLES -t nat -N Y 2>/dev/null || true
      $IPTABLES -t nat -C X -p tcp -j Y 2>/dev/null || $IPTABLES -t nat -A X -p tcp -j Y
      $IPTABLES -t nat -A Y -p tcp -j REDIRECT --to-ports "$PORT" && echo done

      """
    let plain = "-N X\n-N Y\n-A X -p tcp -j Y\n-A Y -p tcp -j REDIRECT --to-ports 15001\n"
    #expect(try RulesText.read(script).rulesets == RulesText.read(plain).rulesets)
    let error = #expect(throws: RulesTextError.self) {
      try RulesText.read(script.replacing("PORT=15001", with: "PORT=$(cat port)"))
    }
    #expect("\(try #require(error))".contains("computed values"))
  }

  @Test(arguments: [
    "for p in 80 443; do iptables -t nat -A X -p tcp --dport $p -j RETURN; done\n",
    "P='80 443'\nfor p in $P\ndo\n  $IPT -t nat -A X -p tcp --dport ${p} -j RETURN\ndone\n",
    "for c in X; do\n  for p in 80 443; do\n    iptables -t nat -A $c -p tcp --dport $p -j RETURN\n  done\ndone\n",
  ])
  func aLoopOverWords(_ script: String) throws {
    let plain =
      "*nat\n:X - [0:0]\n-A X -p tcp --dport 80 -j RETURN\n-A X -p tcp --dport 443 -j RETURN\nCOMMIT\n"
    let read = try RulesText.read("iptables -t nat -N X\n\(script)")
    #expect(try read.rulesets == RulesText.read(plain).rulesets)
  }

  @Test func aLoopThatIsNotFollowed() throws {
    let command = "iptables -t nat -A OUTPUT -p tcp --dport $p -j RETURN"
    for heading in ["for p in $(seq 1 3); do", "while read p; do", "for p in 1 2"] {
      #expect(throws: RulesTextError.self) { try RulesText.read("\(heading)\n\(command)\ndone\n") }
    }
    let nested = String(repeating: "for p in \(String(repeating: "1 ", count: 99)); do\n", count: 4)
    let ends = String(repeating: "done\n", count: 4)
    #expect(throws: RulesTextError.self) { try RulesText.read("\(nested)\(command)\n\(ends)") }
  }

  @Test(arguments: ["${PORT:-15001}", "${PORT-15001}", "${PORT:=15001}"]) func aVariableWithADefault(
    _ value: String
  )
    throws
  {
    let rule = "iptables -t nat -A OUTPUT -p tcp -j REDIRECT --to-ports"
    let plain = try RulesText.read("\(rule) 15001\n").rulesets
    #expect(try RulesText.read("\(rule) \(value)\n").rulesets == plain)
    #expect(try RulesText.read("PORT=\(value)\n\(rule) $PORT\n").rulesets == plain)
    #expect(
      try RulesText.read("PORT=15001\n\(rule) \(value.replacing("15001", with: "9"))\n").rulesets == plain)
  }

  /// A `#` before a command is root's prompt, or begins a comment.
  @Test func aCommandInAComment() throws {
    let rules = "iptables -t nat -N X\niptables -t nat -A X -j RETURN\n"
    let read = try RulesText.read("\(rules)# iptables -t nat -F X\n")
    #expect(try read.rulesets == RulesText.read(rules).rulesets)
    let prompted = rules.replacing("ipt", with: "# ipt")
    #expect(try RulesText.read(prompted).rulesets == read.rulesets)
  }

  @Test(arguments: [
    "if [ \"$A\" = 1 ]; then\n", "else\n", "case $A in\n", "[ -n \"$A\" ] && ", "if [ -n \"$A\" ]\nthen\n",
  ])
  func aConditionIsNotEvaluated(_ condition: String) throws {
    let command = "iptables -t nat -F X\n"
    let read = try RulesText.read("iptables -t nat -N X\n\(condition)  \(command)fi\n")
    #expect(read.report.notes.contains { $0.contains("conditions") }, "\(read.report)")
    let after = try RulesText.read(
      "iptables -t nat -N X\n\(condition.hasSuffix("\n") ? condition : "")fi\n\(command)")
    #expect(!after.report.notes.contains { $0.contains("conditions") }, "\(after.report)")
  }

  @Test(arguments: [#"{"cmds": [["iptables", "-t", "nat", "-N", "X"]]}"#, "iptables\n", "iptables -t nat\n"])
  func aCommandWithoutRulesIsNoRuleSet(_ text: String) throws {
    #expect(throws: RulesTextError.self) { try RulesText.read(text) }
  }

  @Test func aRuleOverTwoLinesIsOne() throws {
    for (first, second) in [
      ("-A OUTPUT -d 192.0.2.1/32", "-j RETURN"), ("-A OUTPUT -d 192.0.2.1/32 -j", "RETURN"),
      ("-A OUTPUT", "! -d 192.0.2.1/32 -j RETURN"),
    ] {
      let read = try RulesText.read("\(first)\n\(second)\n-A OUTPUT -j ACCEPT\n")
      #expect(try read.rulesets == RulesText.read("\(first) \(second)\n-A OUTPUT -j ACCEPT\n").rulesets)
      #expect(read.report.passedOver.count == 0, "\(read.report)")
    }
    let prose = try RulesText.read("-A OUTPUT -j RETURN\nThis one is the problem.\n")
    #expect(prose.report.passedOver.count == 1)
  }

  @Test(arguments: [
    "--- a/rules\n+++ b/rules\n@@ -3,3 +3,3 @@ *nat\n -A OUTPUT -p tcp -j A\n--A OUTPUT -j B\n+-A OUTPUT -j C\n",
    "3,4c3,4\n< -A OUTPUT -p tcp -j A\n< -A OUTPUT -j B\n---\n> -A OUTPUT -p tcp -j A\n> -A OUTPUT -j C\n",
  ])
  func theNewSideOfADiffIsRead(_ diff: String) throws {
    let read = try RulesText.read(diff)
    #expect(try read.rulesets == RulesText.read("-A OUTPUT -p tcp -j A\n-A OUTPUT -j C\n").rulesets)
    #expect(read.report.gap != nil && !read.report.remarks.isEmpty, "\(read.report)")
  }

  @Test(arguments: ["# ", "#"])
  func rulesInCommentsAreNoRules(_ mark: String) throws {
    #expect(throws: RulesTextError.self) { try RulesText.read(Samples.save.mapLines { mark + $0 }) }
    #expect(try RulesText.read(Samples.save + "#-A OUTPUT -j DROP\n").differences == 0)
    #expect(try RulesText.read("# Generated by iptables-save\n# Completed on Mon\n").rulesets.count == 1)
  }

  @Test func aListingWithOtherTextInAChainIsIncomplete() throws {
    let heading = "Chain OUTPUT (policy ACCEPT)\ntarget prot opt source destination\n"
    let row = "RETURN tcp -- anywhere anywhere\n"
    let cut = try RulesText.read(heading + row + "  dpt:http owner UID\n" + row)
    #expect(cut.report.gap != nil)
    let prose = try RulesText.read(
      heading + row + "That is all.\nChain PREROUTING (policy ACCEPT)\nChain POSTROUTING (policy ACCEPT)\n",
      RulesText.Options(table: .nat))
    #expect(prose.report.gap == nil)
    #expect(throws: RulesTextError.self) { try RulesText.read(heading + row.dropLast() + " | why\n") }
  }

  @Test func listingsOfSingleChainsAreOneTable() throws {
    let rows = ["OUTPUT", "ISTIO_OUTPUT"].map { chain in
      "# iptables -t nat -L \(chain) -n\nChain \(chain) (1 references)\ntarget prot opt source destination\n"
        + "RETURN tcp -- 0.0.0.0/0 0.0.0.0/0 tcp dpt:80\n\n"
    }
    let read = try RulesText.read(rows.joined())
    let rules = read.rulesets.first?.tables.first?.chains.map(\.rules.count).reduce(0, +)
    #expect(rules == 2 && read.report.gap != nil, "\(read.report)")
    let again = try RulesText.read(rows.joined() + rows[0])
    #expect(again.report.remarks.count == 1, "\(again.report)")
  }

  @Test(arguments: [#"{"kind": "Pod"}"#, "[ 12.5]\n", "[1, 2]", #""text""#])
  func jsonWithoutRulesIsNoDump(_ text: String) {
    #expect(throws: RulesTextError.self) { try RulesText.read(text) }
  }
}
