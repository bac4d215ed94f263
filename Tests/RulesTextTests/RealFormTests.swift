import Glibc
import Intercept
import TestSupport
import Testing

/// Texts that iptables itself prints. Serialized: the lookups of names are not safe in several threads.
@Suite(.serialized, .enabled(if: getuid() == 0)) struct RealFormTests {
  @Test(arguments: GoldenRules.newest)
  func everyFormIsReadAsTheRulesThatWereApplied(_ golden: GoldenRules) throws {
    let rulesets = golden.rulesets
    for family in rulesets.map(\.family) {
      guard let wanted = rulesets.first(where: { $0.family == family }), !wanted.isEmpty else { continue }
      for (name, text) in try RealTools(rulesets, family).all {
        let read = try RulesText.read(Array(text.utf8), RulesText.Options(family: family, names: .system))
        let live = try #require(read.rulesets.first)
        let diff = RulesetDiff(wanted: wanted, live: live)
        #expect(diff.isEmpty, "\(golden) \(family) \(name)\n\(diff.text())")
        #expect(read.report.passedOver.count == 0 && read.report.gap == nil, "\(name): \(read.report)")
        if !read.report.hidesInterfaces { #expect(live == wanted, "\(golden) \(name)") }
      }
    }
  }

  @Test func onePortChangedIsADifferenceInEveryForm() throws {
    let wanted = RulesetBuilder.build(.sidecar())
    let changed = RulesetBuilder.build(.sidecar { $0.proxyPort = 15002 })
    for (name, text) in try RealTools(changed, .ipv4).all {
      let live = try RulesText.read(Array(text.utf8)).rulesets
      let diffs = zip(wanted, live).map { RulesetDiff(wanted: $0, live: $1) }
      #expect(live.count == 1 && diffs.map(\.differences.count) == [1], "\(name) \(diffs)")
    }
  }

  @Test func theSameOptionsAreGuessedFromEveryForm() throws {
    var configuration = Configuration.sidecar()
    configuration.excludedOutboundPorts = [PortRange(3306)]
    configuration.excludedOutboundCIDRs = [CIDR("10.96.0.0/12")].compactMap(\.self)
    let tools = try RealTools(RulesetBuilder.build(configuration), .ipv4)
    let guesses = try tools.all.map { try Guess(RulesText.read(Array($0.text.utf8)).rulesets)?.commandLine }
    #expect(guesses.first??.contains("-o 3306") == true)
    for (form, guess) in zip(tools.all, guesses) { #expect(guess == guesses[0], "\(form.name)") }
  }
}

extension NameResolver {
  /// Names of this system's users and groups.
  static let system: NameResolver = {
    var names = NameResolver.wellKnown
    names.user = { getpwnam($0).flatMap { UserID(rawValue: $0.pointee.pw_uid) } }
    names.group = { getgrnam($0).flatMap { GroupID(rawValue: $0.pointee.gr_gid) } }
    return names
  }()
}
