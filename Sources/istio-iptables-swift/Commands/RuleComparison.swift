import Inspection
import Installation
import Intercept
import Netfilter
import RuleCommands

/// Compares the rules of a file with those of the options.
struct FileDiff {
  let answer: DiffAnswer

  /// - Throws: `CommandError` if the text lists only tables without rules of Istio.
  init(_ live: LiveSource.Reading, _ settings: Settings) throws {
    let wanted = WantedRules(settings, for: live)
    var (configuration, rulesets, hints) = (wanted.configuration, live.rulesets, [String]())
    // The family is the text's; `--ip-family auto` knows only this host's addresses.
    let isFamilyGiven = settings.options[.ipFamily].map { $0.text != "auto" } == true
    if rulesets.contains(where: { $0.family == .ipv6 }), !configuration.includesIPv6 {
      if !isFamilyGiven {
        configuration.includesIPv6 = true
      } else if rulesets.count > 1 {
        rulesets.removeAll { $0.family == .ipv6 }
        hints.append("the IPv6 rules are left out; --ip-family dual compares them as well")
      } else {
        hints.append("these are IPv6 rules; --ip-family dual builds such rules")
      }
    }
    let all = RulesetBuilder.build(configuration)
    let shared = all.filter { wanted in rulesets.contains { $0.family == wanted.family } }
    let built = shared.isEmpty ? all : shared
    if built.count < all.count, configuration.includesIPv6, isFamilyGiven {
      hints.append("the text has no IPv6 rules: those of --ip-family dual are not compared")
    }
    let comparable = built.map { $0.limited(to: live.coverage) }
    if live.coverage != RuleCoverage(), !built.allSatisfy(\.isEmpty), comparable.allSatisfy(\.isEmpty) {
      throw CommandError(Self.missing(in: live.coverage, built))
    }
    let shown = rulesets.map { $0.limited(to: live.coverage) }
    var diff = InterceptionDiff(rulesets: comparable.differences(from: shown))
    if !live.nftables.isEmpty { (diff, hints) = Self.differences(from: live, comparable, hints) }
    diff.shadowing = built.flatMap { wanted in
      ShadowingRule.all(
        wanted, of: live.origin, beside: live.nftables, live: rulesets.first { $0.family == wanted.family })
    }
    if !diff.isEmpty, !live.isNative {
      hints += ReleaseHint(configuration, shown, coverage: live.coverage).map { [$0.text] } ?? []
    }
    answer = DiffAnswer(
      diff: diff, rules: live.source, wanted: wanted.source, gap: live.gap, hints: hints)
  }

  /// Compares with the tables of a listing of nf_tables, in whichever form they are.
  private static func differences(
    from live: LiveSource.Reading, _ wanted: [Ruleset], _ hints: [String]
  ) -> (InterceptionDiff, [String]) {
    let active = NftRuleset(tables: live.nftables.tables.filter { !$0.isDormant })
    let listed = wanted.map { active.iptablesTables($0.family).limited(to: live.coverage) }
    let completed = zip(listed, wanted).map { $0.completed(by: $1) }
    let comparison = FormComparison(
      wanted: wanted, live: completed,
      native: active.istioReadings)
    let diff = InterceptionDiff(comparison)
    let form = comparison.isNative ? ["the rules are in the native form"] : []
    let alone = diff.isEmpty ? [] : [live.nftables.hintOfOneTable(beside: wanted)].compactMap(\.self)
    let abbreviated = zip(listed, wanted).reduce(into: Set<String>()) {
      $0.formUnion($1.0.abbreviatedExtensions(of: $1.1))
    }
    return (
      diff, hints + form + alone + (comparison.isNative ? [] : DiffAnswer.abbreviation(of: abbreviated))
    )
  }
}

extension NftRuleset {
  /// A listing of one table of iptables may be all that `nft list table` was asked for; nil if no other has wanted rules.
  fileprivate func hintOfOneTable(beside wanted: [Ruleset]) -> String? {
    guard tables.count == 1, let (_, name) = tables[0].iptablesName,
      wanted.contains(where: { $0.tables.contains { $0.name != name } })
    else { return nil }
    return
      "the text has table \(tables[0].title) alone; if it is the output of nft list table, others are not missing: "
      + "give that of nft list ruleset"
  }
}

extension FileDiff {
  /// `the text lists table filter, and Istio's rules are in table nat: give the output of iptables -t nat -S`.
  private static func missing(in coverage: RuleCoverage, _ built: [Ruleset]) -> String {
    let tables = Set(built.flatMap(\.tables).map(\.name)).sorted()
    let wanted = tables.map(\.rawValue)
    let advice = "give the output of iptables-save, or of iptables -t \(wanted.last ?? "nat") -S"
    guard let listed = coverage.tables, listed.isDisjoint(with: tables) else {
      return "the text shows no chain with rules of these options: \(advice)"
    }
    let names = listed.sorted().map(\.rawValue).joined(separator: ", ")
    return
      "the text lists table \(names), and the rules of these options are in table \(wanted.joined(separator: ", ")): "
      + advice
  }
}

/// Compares the kernel's rules and routing with those of the options.
struct KernelDiff {
  private let settings: Settings
  private let namespace: NetworkNamespace

  init(_ settings: Settings) throws {
    self.settings = settings
    namespace = try settings.namespace.open()
  }

  func answer() throws -> DiffAnswer {
    let reading = try LiveSource(nil, family: nil, table: nil, in: settings).read()
    let wanted = WantedRules(settings, for: reading)
    var run = settings.run
    if wanted.isNative { run.form = .native }
    let installation = Installation(wanted.configuration, run, in: namespace)
    installation.uncapturedFamily().map(Console.warn)
    let live = reading.live ?? LiveInterception(rulesets: reading.rulesets)
    var (diff, hints) = withoutAddress(try installation.differences(of: live))
    if !diff.isEmpty {
      (diff, hints) =
        reading.isInLegacyAlone
        ? inLegacy(diff, wanted, reading.legacy) : inEitherForm(diff, wanted, reading)
    }
    let context = try namespace.run { try NamespaceAddresses.readInterfaces() }.context(loopbackMarks: [])
    diff.shadowing = wanted.rulesets.flatMap { wanted in
      ShadowingRule.all(
        wanted, of: reading.isInLegacyAlone ? .legacy : reading.origin, beside: reading.nftables,
        live: reading.interception.first { $0.family == wanted.family },
        legacy: reading.isInLegacyAlone ? nil : reading.legacy.first { $0.family == wanted.family },
        in: context)
    }
    if reading.interception.contains(where: \.hasIstioChains) {
      let ports = RedirectionPorts(wanted.configuration, in: namespace)
      hints += (ports?.closed ?? []) + (ports?.foreign ?? [])
    }
    return DiffAnswer(diff: diff, rules: reading.source, wanted: wanted.source, hints: hints)
  }

  /// ::6 on `lo` is the proxy's source address for connections to the app: without it the rules are right all the same.
  private func withoutAddress(_ diff: InterceptionDiff) -> (InterceptionDiff, [String]) {
    var rest = diff
    rest.routing = diff.routing.withoutPassthroughAddress
    let isAddress = rest.isEmpty && rest.routing != diff.routing
    return (
      rest,
      isAddress ? ["lo lacks ::6/128, from which the proxy connects to the app over IPv6; apply adds it"] : []
    )
  }

  /// Compares with the rules of iptables-legacy, which alone has rules of Istio.
  private func inLegacy(
    _ diff: InterceptionDiff, _ wanted: WantedRules, _ live: [Ruleset]
  ) -> (InterceptionDiff, [String]) {
    var other = InterceptionDiff(
      rulesets: wanted.rulesets.differences(from: wanted.rulesets.map { live[$0.family] }))
    other.routing = diff.routing
    return (
      other,
      [other.onlyRouting ? "the rules are right, in iptables-legacy" : "the rules are in iptables-legacy"]
    )
  }

  /// Compares by meaning in both forms. The rules may be right in the other form.
  private func inEitherForm(
    _ diff: InterceptionDiff, _ wanted: WantedRules, _ reading: LiveSource.Reading
  ) -> (InterceptionDiff, [String]) {
    guard let live = reading.live else { return (diff, []) }
    let tables = reading.nftables
    let rulesets = wanted.rulesets
    let comparison = FormComparison(
      wanted: rulesets, live: rulesets.map { tables.active(live[$0.family]) }, native: live.native)
    guard comparison.isEmpty, diff.dormant.isEmpty else {
      let release = live.native.isEmpty ? ReleaseHint(wanted.configuration, live.rulesets) : nil
      return (diff, release.map { [$0.text] } ?? [])
    }
    var same = InterceptionDiff(comparison)
    same.routing = diff.routing
    let form = comparison.isNative ? "native form" : "form of iptables"
    return (same, diff.onlyRouting ? [] : ["the rules are right, in the \(form)"])
  }
}

extension InterceptionDiff {
  /// True if the rules are the same.
  fileprivate var onlyRouting: Bool {
    var rules = self
    rules.routing = .none
    return rules.isEmpty
  }
}
