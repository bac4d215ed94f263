import ArgumentParser
import Installation
import Intercept
import Netfilter

/// Compares live rules with the rules of the options.
struct DiffCommand: Command {
  static let name = Subcommand.diff
  static var help: CommandHelp {
    CommandHelp(
      abstract: "Compare live rules with the rules these options would build.",
      usage: "[<options>] [<file>]",
      discussion: """
        The comparison is of meaning, not spelling. Other programs' rules are ignored, unless one takes packets away \
        from one of Istio's. Status 0: no difference; 1: differences; 2: error.

          iptables-save | istio-iptables-swift diff --profile sidecar -
          istio-iptables-swift diff --profile sidecar --pid 4711
          istio-iptables-swift diff --profile sidecar --family ipv6 dump-v6.txt
          istio-iptables-swift diff --pod web.json dump.txt
        """,
      operands: [.rulesFile])
  }

  /// The format of the answer.
  enum Format: String, CaseIterable {
    case text, json
  }

  /// The family of a dump, which its text does not show.
  enum Family: String, CaseIterable {
    case ipv4, ipv6

    var value: IPFamily { self == .ipv4 ? .ipv4 : .ipv6 }
  }

  private let pod: PodSource
  private let family: Family
  private let format: Format
  private let file: String?

  init(reading reader: inout OptionReader, _ operands: Operands) {
    pod = PodSource(reading: &reader)
    family = reader.choice(.family, default: .ipv4)
    format = reader.choice(.format, default: .text)
    file = operands.first
    if pod.file == "-", file == "-" {
      reader.complain(OptionProblem("--pod and the rules cannot both be read from standard input"))
    }
  }

  func run() throws {
    try ExitStatusPolicy.withStatus(2) {
      if try pod.showsOptions(of: .diff) { return }
      let diff = try differences()
      try Console.print(text(of: diff))
      let summaries = diff.summaries
      (summaries.isEmpty ? ["nothing differs"] : summaries).forEach(Console.note)
      throw summaries.isEmpty ? ExitCode.success : ExitCode.failure
    }
  }

  private func differences() throws -> InterceptionDiff {
    let settings = try Settings.ofProcess(pod, asksManifest: file != nil)
    settings.warnings.forEach(Console.warn)
    let wanted = RulesetBuilder.build(settings.configuration)
    if let file {
      let live = try LiveSource(file, family: family.value, run: settings.run).read()
      if !live.nftables.isEmpty { return differences(from: live.nftables, wanted) }
      if settings.run.form == .native {
        throw CommandError(
          "--native-nftables: iptables-save text has no such rules; compare the kernel's, without FILE")
      }
      return InterceptionDiff(rulesets: wanted.differences(from: live.rulesets))
    }
    let backend = settings.run.backend
    Console.warn(backend.duplicate())
    var diff = try backend.differences(from: wanted)
    let tables = try backend.allTables()
    tables.dormantTables.forEach { Console.warn("table \($0) is dormant: its rules have no effect") }
    let live = try backend.live()
    let comparison = FormComparison(
      wanted: wanted, live: wanted.map { tables.active(live[$0.family]) }, native: live.native)
    if !diff.isEmpty || !tables.dormantTables.isEmpty {
      if comparison.isEmpty, comparison.isNative { Console.note("the rules are right, in the native form") }
      if comparison.isEmpty || !tables.dormantTables.isEmpty {
        diff = InterceptionDiff(rulesets: comparison.rulesets, native: comparison.native)
      }
    }
    diff.shadowing = wanted.flatMap { ShadowingRule.all($0, beside: tables) }
    return diff
  }

  /// Compares with the tables of a listing of `nft`, in whichever form they are.
  private func differences(from tables: NftRuleset, _ wanted: [Ruleset]) -> InterceptionDiff {
    let active = NftRuleset(tables: tables.tables.filter { !$0.isDormant })
    let comparison = FormComparison(
      wanted: wanted, live: wanted.map { active.iptablesTables($0.family).completed(by: $0) },
      native: active.istioTables.tables.map {
        NativeTableReading(name: $0.name.kernelName, chains: $0.chains)
      })
    if comparison.isNative { Console.note("the rules are in the native form") }
    var diff = InterceptionDiff(rulesets: comparison.rulesets, native: comparison.native)
    diff.shadowing = wanted.flatMap { ShadowingRule.all($0, beside: tables) }
    return diff
  }

  private func text(of diff: InterceptionDiff) throws -> String {
    switch format {
    case .text: return diff.text(Console.style)
    case .json: return try JSONWriter.text(DiffJSON(diff))
    }
  }
}

extension OperandHelp {
  /// A text of rules, for want of the kernel's.
  static let rulesFile = OperandHelp(
    name: "file", summary: "A file of iptables-save text, or -. (default: the kernel's rules)")
}
