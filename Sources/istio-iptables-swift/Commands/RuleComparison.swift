import Installation
import Intercept
import Netfilter

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
    let built = RulesetBuilder.build(configuration)
    let comparable = built.map { $0.limited(to: live.tables) }
    if let tables = live.tables, !built.allSatisfy(\.isEmpty), comparable.allSatisfy(\.isEmpty) {
      throw CommandError(Self.missing(in: tables, built))
    }
    let diffs = comparable.differences(from: rulesets)
    if diffs.contains(where: { !$0.isEmpty }) {
      hints += ReleaseHint(configuration, rulesets, tables: live.tables).map { [$0.text] } ?? []
    }
    answer = DiffAnswer(
      diff: InterceptionDiff(rulesets: diffs), rules: live.source, wanted: wanted.source, gap: live.gap,
      hints: hints)
  }
}

extension FileDiff {
  /// `the text lists table filter, and Istio's rules are in table nat: give the output of iptables -t nat -S`.
  private static func missing(in tables: Set<TableName>, _ built: [Ruleset]) -> String {
    let wanted = Set(built.flatMap(\.tables).map(\.name)).sorted().map(\.rawValue)
    let listed = tables.sorted().map(\.rawValue).joined(separator: ", ")
    return
      "the text lists table \(listed), and the rules of these options are in table \(wanted.joined(separator: ", ")): "
      + "give the output of iptables-save, or of iptables -t \(wanted.last ?? "nat") -S"
  }
}

/// Compares the kernel's rules with those of the options.
struct KernelDiff {
  private let settings: Settings
  private let namespace: NetworkNamespace

  init(_ settings: Settings) {
    self.settings = settings
    namespace = NetworkNamespace(settings.run.namespace)
  }

  func answer() throws -> DiffAnswer {
    let backend = settings.run.backend
    let wanted = try WantedRules(
      settings, for: LiveSource.kernel(backend, settings.run.namespace).read())
    if settings.selectsRules { Console.warn(backend.duplicate()) }
    let diff =
      try wanted.isNative
      ? differences(from: wanted, as: .nftables) : backend.differences(from: wanted.rulesets)
    var answer = DiffAnswer(diff: diff, rules: settings.run.namespace.rulesSource, wanted: wanted.source)
    if !diff.isEmpty { answer.hints = try hints(wanted, isNative: wanted.isNative) }
    return answer
  }

  private func hints(_ wanted: WantedRules, isNative: Bool) throws -> [String] {
    let form = settings.run.form
    if form == .iptablesNFT, !isNative, isRight(wanted, as: .nftables) {
      return ["the rules are right, but in the native form; --native-nftables compares that"]
    }
    if form == .native, isRight(wanted, as: .iptablesNFT) {
      return ["the rules are right, but in the form of iptables; leave --native-nftables out"]
    }
    let live = try settings.run.backend.live()
    return live.native.isEmpty ? ReleaseHint(wanted.configuration, live.rulesets).map { [$0.text] } ?? [] : []
  }

  private func isRight(_ wanted: WantedRules, as form: InterceptionRules.Backend) -> Bool {
    (try? differences(from: wanted, as: form).isEmpty) == true
  }

  private func differences(
    from wanted: WantedRules, as form: InterceptionRules.Backend
  ) throws -> InterceptionDiff {
    try InterceptionRules(in: namespace, as: form).differences(from: wanted.rulesets)
  }
}
