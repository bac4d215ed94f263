import Intercept
import Testing

/// Errors of rules.
@Suite struct SyntaxErrorTests {
  @Test func theCaretStandsUnderTheColumn() {
    let text = """
      *nat
      :ISTIO_INBOUND - [0:0]
      -A ISTIO_INBOUND -p tcp --dport eighty -j RETURN
      COMMIT
      """
    expectError(
      text,
      """
      line 3, column 33: '--dport' needs a port 0-65535, not 'eighty'
        -A ISTIO_INBOUND -p tcp --dport eighty -j RETURN
                                        ^
      """)
  }

  @Test(arguments: [
    ("-p tcp --dport 65536", 24, "'--dport' needs a port 0-65535, not '65536'"),
    ("-p tcp --dport 90:80", 24, "'--dport' needs a range of ports that begins below its end, not '90:80'"),
    ("-p tcp --sport", 23, "'--sport' needs an argument, and the line ends"),
    ("-p tcp --dport 80 --dport 81", 27, "'--dport' is given twice"),
    ("--dport 80", 9, "'--dport' needs '-p' with its protocol before it"),
    ("-m tcp --dport 80", 12, "'-m tcp' needs '-p tcp' in the rule"),
    ("! -p tcp -m tcp --dport 80", 21, "'-m tcp' needs '-p tcp' in the rule"),
    ("-p icmp -m multiport --ports 80", 20, "'-m multiport' needs '-p tcp' or '-p udp' or"),
    ("-p tcp -m multiport", 19, "'-m multiport' needs one of --sports, --dports, --ports"),
    ("-p tcp -m multiport --ports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", 19, "holds 15 ports"),
    ("-p tcp --tcp-flags SYN", 31, "'--tcp-flags' needs an argument, and the line ends"),
    ("-p tcp --tcp-flags SYN XYZ", 28, "'--tcp-flags' needs two lists of FIN,SYN,RST,PSH,ACK,URG,ALL,NONE"),
    ("-p nonsense", 12, "'-p' needs a protocol's name or number 0-255, not 'nonsense'"),
    ("! -p all", 14, "'! -p all' matches no packet"),
    ("-s example.org", 12, "'-s' needs an IPv4 address (names are not looked up), not 'example.org'"),
    ("-d ::1", 12, "'-d' needs an IPv4 address, not '::1'"),
    ("-d 10.0.0.0/33", 12, "'-d' needs a mask 0-32 after the '/', not '10.0.0.0/33'"),
    ("! -d 10.0.0.1,10.0.0.2", 14, "a list of addresses cannot be negated"),
    ("-d 10.0.0.1 -d 10.0.0.2", 21, "'-d' is given twice"),
    ("-i averylonginterface", 12, "'-i' needs an interface's name of 1-15 bytes, not 'averylonginterface'"),
    ("-m owner", 12, "'-m owner' needs one of --uid-owner, --gid-owner, --socket-exists"),
    ("-m owner --uid-owner istio-proxy", 30, "needs a user's number 0-4294967294 or a range 1000-2000"),
    ("-m owner --suppl-groups --gid-owner 5", 18, "'--suppl-groups' needs '--gid-owner' before it"),
    ("-m owner --gid-owner 5 ! --suppl-groups", 34, "'--suppl-groups' cannot be negated"),
    (
      "-m mark --mark 0x100000000", 24,
      "'--mark' needs a number 0-4294967295, optionally with a mask as in 0x1/0xff"
    ),
    ("-m conntrack", 12, "'-m conntrack' needs an option, such as --ctstate"),
    ("-m conntrack --ctstate SLEEPY", 32, "'--ctstate' needs states, such as RELATED,ESTABLISHED"),
    ("-m comment", 12, "'-m comment' needs --comment"),
    ("-m comment --comment \"never closed", 30, "the quote that opens here is never closed"),
    (
      "-j REDIRECT --to-ports 80", 12,
      "'-j REDIRECT' needs '-p tcp' or '-p udp' or '-p sctp' or '-p dccp' or '-p icmp'"
    ),
    ("-p tcp -j REDIRECT --to-ports 80-70", 39, "a range of ports that begins below its end"),
    ("-p tcp -j TPROXY", 19, "'-j TPROXY' needs --on-port"),
    ("-j MARK", 12, "'-j MARK' needs one of --set-mark, --set-xmark"),
    (
      "-j CONNMARK --save-mark --restore-mark", 12,
      "'-j CONNMARK' takes one of --set-xmark, --save-mark, --restore-mark"
    ),
    ("-j CT --zone 65536", 22, "'--zone' needs a zone 0-65535 or 'mark', not '65536'"),
    ("-j ACCEPT -j DROP", 19, "a rule has one target"),
    (
      "-j ACCEPT --to-ports 80", 19,
      "'--to-ports' is not an option of iptables, nor of a match or target before it"
    ),
    ("-j ACCEPT stray", 19, "'stray' is not an option, nor the argument of one"),
    ("! -j ACCEPT", 11, "'-j' cannot be negated"),
    ("! ! -d 10.0.0.1", 11, "'!' is given twice"),
    ("-j ACCEPT !", 19, "nothing to negate follows the '!'"),
    ("-t nat -j ACCEPT", 9, "'-t' is not allowed in a file of rules"),
    ("--de 10.0.0.1", 9, "'--de' could be '--delete' or '--delete-chain' or '--destination'"),
    ("-A Y -j ACCEPT", 9, "a line holds one command"),
  ])
  func aRuleIsRefusedWhereItIsWrong(rule: String, column: Int, words: String) {
    expectError("*filter\n-A CHAIN \(rule)\n", line: 2, column: column + 1, words)
  }
}

/// Texts that are not dumps, and incomplete dumps.
@Suite struct BrokenDumpTests {
  @Test(arguments: [
    ("hello\n", 1, 1, "the text is not output of iptables-save: it contains no table such as '*nat'"),
    (
      "Warning: be careful\nbash: iptables-save: command not found\n", 2, 1,
      "the text is not output of iptables-save"
    ),
    (
      "-P INPUT ACCEPT\n", 1, 1,
      "a rule outside the tables; add a line such as '*nat' before it"
    ),
    ("*nat\nCOMMIT\n-A OUTPUT -j ACCEPT\n", 3, 1, "a rule outside the tables"),
    ("COMMIT\n", 1, 1, "COMMIT outside a table"),
    ("*nut\n", 1, 2, "'nut' is not a table; the tables are raw, mangle, nat, filter, security"),
    ("*\n", 1, 2, "'' is not a table"),
    ("*nat\nhello\n", 2, 1, "'hello' is not an option, nor the argument of one"),
    ("*nat\n:\n", 2, 2, "a chain's name is missing"),
    ("*nat\n:X\n", 2, 3, "a policy or '-' is missing after the chain's name"),
    ("*nat\n:OUTPUT MAYBE [0:0]\n", 2, 9, "a policy is ACCEPT or DROP, not 'MAYBE'"),
    ("*nat\n:OUTPUT ACCEPT [0]\n", 2, 16, "counters have the form '[12:720]'"),
    ("*nat\n:-X - [0:0]\n", 2, 2, "a chain's name has 1-28 bytes"),
    ("*nat\n:LOG - [0:0]\n", 2, 2, "'LOG' is a target's name, which no chain can have"),
    ("*nat\n:FORWARD ACCEPT [0:0]\n", 2, 2, "table nat has no chain FORWARD"),
    ("*nat\n[1:2 -A OUTPUT\n", 2, 1, "']' is missing after the counters"),
    ("*nat\n[1] -A OUTPUT\n", 2, 1, "counters have the form '[12:720]'"),
    ("*nat\n-p tcp -j ACCEPT\n", 2, 1, "the line has no command, such as '-A CHAIN'"),
    ("*nat\n-A OUTPUT -i eth0 -j ACCEPT\n", 2, 11, "'-i' cannot be used in OUTPUT"),
    ("*filter\n-A INPUT -o eth0 -j ACCEPT\n", 2, 10, "'-o' cannot be used in INPUT"),
    ("*filter\n-A INPUT -m owner --uid-owner 5\n", 2, 13, "'-m owner' works in OUTPUT and POSTROUTING only"),
    // Found by fuzzing: -f was read, and kept as an argument of the target as well.
    ("*nat\n-A OUTPUT -j FOO -f13\n", 2, 18, "'-f13' contains a letter that is not an option"),
    ("*nat\n-N X\n-N X\n", 3, 4, "chain X already exists"),
    ("*nat\n-A OUTPUT -j X y\n-A X -j RETURN\n", 3, 4, "'X' is a target's name, which no chain can have"),
    ("*nat\n-N X -p tcp\n", 2, 1, "a command without a rule takes no matches"),
    ("*nat\n-I OUTPUT 0 -j ACCEPT\n", 2, 11, "rule numbers start at 1, not at '0'"),
    ("*nat\n-I OUTPUT 3 -j ACCEPT\n", 2, 1, "chain OUTPUT has 0 rules; it has no position 3"),
    ("*nat\n-D OUTPUT -j ACCEPT\n", 2, 1, "chain OUTPUT has no such rule at this point"),
    ("*nat\n-D OUTPUT 1\n", 2, 1, "chain OUTPUT has 0 rules; it has no position 1"),
    ("*nat\n-X OUTPUT\n", 2, 4, "a built-in chain cannot be removed"),
    ("*nat\n-A X -j ACCEPT\n-X X\n", 3, 4, "chain X still has rules"),
  ])
  func theLineAndTheReasonAreNamed(text: String, line: Int, column: Int, words: String) {
    expectError(text, line: line, column: column, words)
  }

  @Test func aLongLineIsCutAroundTheColumn() {
    let comment = String(repeating: "x", count: 200)
    let text =
      "*nat\n-A OUTPUT -m comment --comment \(comment) -p tcp --dport y -m comment --comment \(comment)\n"
    expectError(text) { error in
      let lines = error.description.split(separator: "\n")
      #expect(lines.count == 3)
      #expect(lines[1].hasPrefix("  …xxx"))
      #expect(lines[1].hasSuffix("…"))
      #expect(lines[1].count < 110)
      #expect(lines[1].dropFirst(lines[2].count - 1).hasPrefix("y -m comment"))
    }
  }

  @Test func aLineOfThousandsOfWordsOrRulesIsRefused() throws {
    func line(_ words: Int) -> String {
      "*nat\n-A OUTPUT" + String(repeating: " -m comment", count: (words - 2) / 2) + "\n"
    }
    expectError(line(4096), line: 2, column: 14, "'-m comment' needs --comment")
    expectError(line(4098), line: 2, column: 22_528, "the line has more than 4096 words")
    let addresses = (0..<101).map { "10.0.0.\($0)" }.joined(separator: ",")
    let list = "*nat\n-A OUTPUT -s \(addresses)"
    expectError("\(list) -d \(addresses)\n", line: 2, column: 1, "the line expands to 10201 rules")
    let text = "\(list)\nCOMMIT\n"
    #expect(try IptablesDump.parse(text, family: .ipv4).rules.count == 101)
  }

  @Test func theColumnCountsCharacters() {
    expectError("*nat\n-A OUTPUT -m comment --comment Füße -p tcp --dport y\n", line: 2, column: 52, "'y'")
  }
}

/// Expects a syntax error, and passes it on.
func expectError(
  _ text: String, at location: SourceLocation = #_sourceLocation, _ check: (IptablesSyntaxError) -> Void
) {
  do {
    _ = try IptablesDump.parse(text, family: .ipv4)
    Issue.record("\(text) was read", sourceLocation: location)
  } catch {
    check(error)
  }
}

func expectError(_ text: String, _ description: String, at location: SourceLocation = #_sourceLocation) {
  expectError(text, at: location) { #expect($0.description == description, sourceLocation: location) }
}

func expectError(
  _ text: String, line: Int, column: Int, _ words: String, at location: SourceLocation = #_sourceLocation
) {
  expectError(text, at: location) { error in
    #expect(error.line == line, "\(error)", sourceLocation: location)
    #expect(error.column == column, "\(error)", sourceLocation: location)
    #expect(error.reason.contains(words), "\(error)", sourceLocation: location)
  }
}
