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
      usage: "[<options>] [<file>] [<other>]",
      discussion: """
        The comparison is of meaning, not spelling. Other programs' rules are ignored, unless one takes packets away \
        from one of Istio's. Without options of rules, the live rules are compared with those that guess finds. Two \
        files are compared with each other, with every rule in them. Status 0: no difference; 1: differences; 2: error.

          iptables-save | istio-iptables-swift diff --profile sidecar -
          istio-iptables-swift diff --profile sidecar --pid 4711
          istio-iptables-swift diff --profile sidecar --table nat rules.txt
          istio-iptables-swift diff before.txt after.txt
          istio-iptables-swift diff --pod web.json dump.txt
        """,
      operands: [
        .rulesFile,
        OperandHelp(name: "other", summary: "Another file of rules, which the first is compared with."),
      ])
  }

  /// The format of the answer.
  enum Format: String, CaseIterable {
    case text, json
  }

  private let pod: PodSource
  private let text: TextOptions
  private let format: Format
  private let files: [String]

  init(reading reader: inout OptionReader, _ operands: Operands) {
    pod = PodSource(reading: &reader)
    text = TextOptions(reading: &reader)
    format = reader.choice(.format, default: .text)
    files = operands.words
    let readers = (files + [pod.file].compactMap(\.self)).filter { $0 == "-" }
    if readers.count > 1 {
      let names = pod.file == "-" ? "--pod and the rules" : "both files"
      reader.complain(
        OptionProblem("\(names) cannot \(pod.file == "-" ? "both " : "")be read from standard input"))
    }
  }

  func run() throws {
    try ExitStatusPolicy.withStatus(2) {
      if try pod.showsOptions(of: .diff) { return }
      let answer = try files.count > 1 ? twoFiles() : differences()
      try Console.print(answer.text(format))
      let summaries = answer.diff.summaries
      (summaries.isEmpty ? ["nothing differs"] : summaries).forEach(Console.note)
      throw summaries.isEmpty ? ExitCode.success : ExitCode.failure
    }
  }

  /// Compares the rules of two files, with those of other programs.
  private func twoFiles() throws -> DiffAnswer {
    let (before, after) = try (
      RulesFile(files[0], table: text.table).read(text.family),
      RulesFile(files[1], table: text.table).read(text.family)
    )
    let diffs = IPFamily.allCases.compactMap { family -> RulesetDiff? in
      let pair = [before, after].map { reading in
        reading.rulesets.first { $0.family == family }?.limited(to: before.tables).limited(to: after.tables)
      }
      guard pair.contains(where: { $0 != nil }) else { return nil }
      return RulesetDiff(from: pair[0] ?? Ruleset(family), to: pair[1] ?? Ruleset(family))
    }
    return DiffAnswer(
      diff: InterceptionDiff(rulesets: diffs), rules: after.source, wanted: "of \(before.source)",
      gap: after.gap ?? before.gap)
  }

  private func differences() throws -> DiffAnswer {
    let settings = try Settings.ofProcess(pod, asksManifest: !files.isEmpty)
    settings.warnings.forEach(Console.warn)
    guard let file = files.first else { return try KernelDiff(settings).answer() }
    let live = try RulesFile(file, table: text.table).read(text.family)
    if settings.run.form == .native, live.nftables.isEmpty {
      throw CommandError(
        "--native-nftables: iptables-save text has no such rules; compare the kernel's, without FILE")
    }
    return try FileDiff(live, settings).answer
  }
}

/// The options about a text of rules.
struct TextOptions {
  /// The family to read; nil for every family in the text.
  let family: IPFamily?
  /// The table of rules without a table line; nil to infer it.
  let table: TableName?

  init(reading reader: inout OptionReader) {
    family = reader.choice(.family, IPFamily.allCases.map { ($0.rawValue, $0) })
    table = reader.choice(.table, TableName.allCases.map { ($0.rawValue, $0) })
  }
}

extension OperandHelp {
  /// A text of rules, for want of the kernel's.
  static let rulesFile = OperandHelp(
    name: "file",
    summary:
      "A file of rules in any form: iptables-save, -S, -L, commands, nft; or -. (default: the kernel's rules)"
  )
}
