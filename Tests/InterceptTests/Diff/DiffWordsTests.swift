import Intercept
import TestSupport
import Testing
import TextOutput

/// Text of a diff.
struct DiffWordsTests {
  private let wanted = Sample.documented.wanted

  private func text(_ change: (Ruleset) -> Ruleset) -> String {
    RulesetDiff(wanted: wanted, live: change(wanted)).text()
  }

  private func replacing(_ chain: String, _ old: String, with new: String?) -> (Ruleset) -> Ruleset {
    { live in
      guard let chain = ChainName(chain) else { return live }
      return live.changing(.nat, chain) { rules in
        rules = rules.flatMap { rule in
          rule.iptablesText != old ? [rule] : new.map { [TerseRules.rule($0)] } ?? []
        }
      }
    }
  }

  @Test func `a missing rule is reported with its reason`() {
    #expect(
      text(replacing("ISTIO_INBOUND", "-p tcp -m tcp --dport 15021 -j RETURN", with: nil)) == """
        nat ISTIO_INBOUND
        - -p tcp -m tcp --dport 15021 -j RETURN
            inbound port 15021 is excluded from capture

        """)
  }

  @Test func `a put-in rule should not be there`() {
    #expect(
      text { $0.appending(.nat, "ISTIO_INBOUND", "-p tcp -m tcp --dport 22 -j RETURN") } == """
        nat ISTIO_INBOUND
        + -p tcp -m tcp --dport 22 -j RETURN
            there, but not wanted

        """)
  }

  @Test func `a long rule goes on below`() {
    let rule =
      "! -d 127.0.0.1/32 -o lo -p tcp -m multiport ! --dports 53,15008 -m owner --uid-owner 5 -j RETURN"
    #expect(
      text { $0.appending(.nat, "ISTIO_INBOUND", rule) } == """
        nat ISTIO_INBOUND
        + ! -d 127.0.0.1/32 -o lo -p tcp -m multiport ! --dports 53,15008 -m owner
              --uid-owner 5 -j RETURN
            there, but not wanted

        """)
  }

  @Test func `a doubled jump is reported`() {
    #expect(
      text { $0.appending(.nat, "OUTPUT", "-p tcp -j ISTIO_OUTPUT") } == """
        nat OUTPUT
        + -p tcp -j ISTIO_OUTPUT
            duplicate

        """)
  }

  @Test(arguments: [
    (
      "-p tcp -m tcp --dport 15020 -j RETURN", "-p tcp -m tcp --dport 15030 -j RETURN",
      "--dport 15030 should be 15020"
    ),
    (
      "-p tcp -m tcp --dport 15020 -j RETURN", "-p udp -m udp --dport 15020 -j RETURN", "-p udp should be tcp"
    ),
    ("-p tcp -m tcp --dport 15020 -j RETURN", "-p tcp -j RETURN", "--dport 15020 is missing"),
    (
      "-p tcp -m tcp --dport 15020 -j RETURN", "-p tcp -m tcp --dport 15020 -j DROP",
      "-j DROP should be RETURN"
    ),
    (
      "-p tcp -m tcp --dport 15020 -j RETURN", "-i eth0 -p tcp -m tcp --dport 15020 -j RETURN",
      "-i eth0 is there, but not wanted"
    ),
    (
      "-p tcp -j ISTIO_IN_REDIRECT", "-p tcp -j ISTIO_REDIRECT",
      "-j ISTIO_REDIRECT should be ISTIO_IN_REDIRECT"
    ),
  ])
  func `a changed rule says which part`(old: String, new: String, note: String) {
    let lines = text(replacing("ISTIO_INBOUND", old, with: new)).split(separator: "\n")
    #expect(lines.prefix(4) == ["nat ISTIO_INBOUND", "- \(old)", "+ \(new)", "    \(note)"])
    #expect(lines.count == 5)
  }

  @Test(arguments: [
    (
      "-o lo -m owner ! --uid-owner 201507 -j RETURN", "-o eth0 -m owner ! --uid-owner 201507 -j RETURN",
      "-o eth0 should be lo"
    ),
    (
      "-o lo -m owner ! --uid-owner 201507 -j RETURN", "-o lo -m owner --uid-owner 201507 -j RETURN",
      "--uid-owner 201507 should be ! --uid-owner 201507"
    ),
    (
      "-o lo -m owner ! --uid-owner 201507 -j RETURN", "-o lo -m owner ! --uid-owner 1337 -j RETURN",
      "! --uid-owner 1337 should be 201507"
    ),
    ("-d 127.0.0.1/32 -j RETURN", "-d 127.0.0.0/8 -j RETURN", "-d 127.0.0.0/8 should be 127.0.0.1/32"),
    (
      "! -d 127.0.0.1/32 -o lo -m owner --uid-owner 201507 -j ISTIO_IN_REDIRECT",
      "! -d 127.0.0.1/32 -o eth0 -m owner --uid-owner 7 -j ISTIO_IN_REDIRECT",
      "-o eth0 should be lo; --uid-owner 7 should be 201507"
    ),
  ])
  func `a changed owner, interface or mask is named`(old: String, new: String, note: String) {
    let lines = text(replacing("ISTIO_OUTPUT", old, with: new)).split(separator: "\n")
    #expect(lines.prefix(4) == ["nat ISTIO_OUTPUT", "- \(old)", "+ \(new)", "    \(note)"])
  }

  @Test func `a listener's port that changed is named`() {
    #expect(
      text(
        replacing(
          "ISTIO_REDIRECT", "-p tcp -j REDIRECT --to-ports 15001", with: "-p tcp -j REDIRECT --to-ports 15006"
        ))
          == """
          nat ISTIO_REDIRECT
          - -p tcp -j REDIRECT --to-ports 15001
          + -p tcp -j REDIRECT --to-ports 15006
              -j REDIRECT --to-ports 15006 should be 15001
              to the proxy's outbound listener on 15001

          """)
  }

  @Test func `a moved rule says where it should stand`() {
    let last = ChainName("ISTIO_INBOUND").map { chain in
      text { $0.changing(.nat, chain) { $0.insert($0.removeLast(), at: 0) } }
    }
    #expect(
      last == """
        nat ISTIO_INBOUND
        ~ -p tcp -j ISTIO_IN_REDIRECT
            should be after -p tcp -m tcp --dport 15020 -j RETURN
            every other inbound connection: to the proxy

        """)
  }

  @Test func `a foreign rule before a jump shadows it`() {
    #expect(
      text { $0.inserting(.nat, .prerouting, "-p tcp -m tcp --dport 8080 -j ACCEPT") } == """
        nat PREROUTING
        ! -p tcp -m tcp --dport 8080 -j ACCEPT
            shadows -p tcp -j ISTIO_INBOUND
            inbound TCP is looked at for capture

        """)
  }

  @Test func `a missing chain is said once`() {
    #expect(
      text { $0.without(.nat, .istioRedirect) } == """
        nat ISTIO_REDIRECT: the chain is missing
        - -p tcp -j REDIRECT --to-ports 15001
            to the proxy's outbound listener on 15001

        """)
  }

  @Test func `an empty chain of Istio's should not be there`() {
    let live = wanted.appending(.mangle, "ISTIO_OLD")
    let diff = RulesetDiff(wanted: wanted, live: live)
    #expect(diff.text() == "mangle ISTIO_OLD: the chain is there, but not wanted\n")
    #expect(diff.summary == "only empty chains differ" && !diff.isEmpty)
  }

  @Test func `nothing there means everything is missing`() {
    let diff = RulesetDiff(wanted: wanted, live: Ruleset(.ipv4))
    #expect(diff.differences.count == wanted.ruleCount)
    #expect(diff.summary == "differences: \(wanted.ruleCount) missing")
    #expect(diff.differences.allSatisfy { $0.kind == .missing && $0.reason != nil })
  }

  @Test func `colour only on demand`() {
    let diff = RulesetDiff(wanted: wanted, live: wanted.without(.nat, .istioRedirect))
    #expect(!diff.text().contains("\u{1b}"))
    #expect(
      diff.text(.coloured).hasPrefix(
        "\u{1b}[1mnat ISTIO_REDIRECT: the chain is missing\u{1b}[0m\n\u{1b}[31m- -p tcp"))
  }

  @Test func `long reasons are broken at eighty columns`() {
    let wanted = Sample.sidecar.wanted
    let text = RulesetDiff(wanted: wanted, live: Ruleset(.ipv4)).text()
    let notes = text.split(separator: "\n").filter { $0.hasPrefix("    ") }
    #expect(notes.allSatisfy { $0.count <= 80 } && !notes.isEmpty)
  }
}
