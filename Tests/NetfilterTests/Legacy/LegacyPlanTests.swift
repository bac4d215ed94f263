import Intercept
import Netfilter
import Testing

@testable import KernelRules

/// The input of iptables-legacy-restore.
struct LegacyPlanTests {
  private let nothing = Ruleset(.ipv4)

  private func rules(_ text: String) throws -> Ruleset { try IptablesDump.parse(text, family: .ipv4).ruleset }

  @Test func whereNothingIsTheRulesAreHandedOverAsTheyAre() throws {
    let wanted = try #require(RulesetBuilder.build(Configurations.everything(.newest)).first)
    let plan = LegacyPlan(from: nothing, to: wanted, known: wanted)
    #expect(plan.text == wanted.restoreText())
    #expect(!plan.removesAnything)
  }

  @Test func whereNothingShouldBeAndNothingIsThereIsNothingToDo() throws {
    let foreign = try rules("*nat\n-A OUTPUT -p tcp -j ACCEPT\nCOMMIT\n")
    #expect(LegacyPlan(from: foreign, to: nothing, known: nothing).text.isEmpty)
  }

  @Test func whatIsOursGoesAndWhatIsForeignStays() throws {
    let live = try rules(
      """
      *nat
      -N ISTIO_OUTPUT
      -N ISTIO_REDIRECT
      -N MINE
      -A OUTPUT -m foo --bar "a b" -j MINE
      -A OUTPUT -d 10.9.0.0/16 -j RETURN
      -A OUTPUT -p tcp -j ISTIO_OUTPUT
      -A MINE -g ISTIO_OUTPUT
      -A ISTIO_OUTPUT -j ISTIO_REDIRECT
      COMMIT
      *filter
      -A INPUT -j DROP
      COMMIT

      """)
    #expect(
      LegacyPlan(from: live, to: nothing, known: nothing).text == """
        *nat
        -D OUTPUT -p tcp -j ISTIO_OUTPUT
        -D MINE -g ISTIO_OUTPUT
        -F ISTIO_OUTPUT
        -F ISTIO_REDIRECT
        -X ISTIO_OUTPUT
        -X ISTIO_REDIRECT
        COMMIT

        """)
  }

  @Test func oldRulesGoAndNewOnesComeInOneCommit() throws {
    let live = try rules("*nat\n-N ISTIO_OUTPUT\n-A OUTPUT -j ISTIO_OUTPUT\nCOMMIT\n")
    let wanted = try rules("*nat\n-N ISTIO_REDIRECT\n-A ISTIO_REDIRECT -j RETURN\nCOMMIT\n")
    let plan = LegacyPlan(from: live, to: wanted, known: wanted)
    #expect(plan.removesAnything)
    #expect(
      plan.text == """
        *nat
        -D OUTPUT -j ISTIO_OUTPUT
        -F ISTIO_OUTPUT
        -X ISTIO_OUTPUT
        -N ISTIO_REDIRECT
        -A ISTIO_REDIRECT -j RETURN
        COMMIT

        """)
  }

  @Test func whatIsOwnedIsWhatWasBuilt() throws {
    let wanted = try #require(RulesetBuilder.build(Configurations.everything(.newest)).first)
    let foreign = "*nat\n-N MINE\n-A OUTPUT -j MINE\nCOMMIT\n"
    let live = try rules(wanted.restoreText().replacing("*nat\n", with: "*nat\n-N MINE\n-A OUTPUT -j MINE\n"))
    #expect(live.owned(known: wanted) == wanted)
    #expect(try rules(foreign).owned(known: wanted).isEmpty)
  }
}
