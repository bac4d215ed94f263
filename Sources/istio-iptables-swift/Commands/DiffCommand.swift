import Installation
import Intercept
import Manifests
import Netfilter
import RuleCommands

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
        OperandHelp(
          value: .file(named: "other"), summary: "Another file of rules, which the first is compared with."),
      ])
  }

  /// The format of the answer.
  enum Format: String, CaseIterable {
    case text, json
  }

  private let pod: PodSource
  private let text: TextOptions
  private let format: ReportFormat
  private let files: [String]

  init(reading reader: inout OptionReader, _ operands: Operands) {
    pod = PodSource(reading: &reader)
    text = TextOptions(reading: &reader)
    format = reader.choice(.reportFormat, default: .text)
    files = operands.words
    reader.refuseNamespace(besideFile: files.first)
    let readers = (files + [pod.file].compactMap(\.self)).filter { $0 == "-" }
    if readers.count > 1 {
      let names = pod.file == "-" ? "--pod and the rules" : "both files"
      reader.complain(
        OptionProblem("\(names) cannot \(pod.file == "-" ? "both " : "")be read from standard input"))
    }
    if files.count > 1, let option = ruleOption {
      reader.complain(
        OptionProblem(
          "\(option) builds rules, and two files are compared with each other: omit it or one file"))
    }
  }

  func run() throws {
    try ExitStatusPolicy.withStatus(2) {
      if try pod.showsOptions(of: .diff) { return }
      let answer = try files.count > 1 ? twoFiles() : differences()
      try Console.print(text(of: answer))
      let summaries = answer.diff.summaries
      (summaries.isEmpty ? ["nothing differs"] : summaries).forEach(Console.note)
      throw summaries.isEmpty ? ExitStatus.success : ExitStatus.failure
    }
  }

  private func text(of answer: DiffAnswer) throws -> String {
    switch format {
    case .text: try answer.text(.text)
    case .json: try answer.text(.json)
    case .sarif: try JSONWriter.foreign(SARIF(Report(answer.diff, file: files.last)))
    case .github: Report(answer.diff, file: files.last).github
    }
  }

  /// The first option on the command line that decides about rules.
  private var ruleOption: String? {
    if pod.file != nil { return "--pod" }
    let options = Options.ofProcess(nil)
    return OptionName.allCases.first { $0.isAboutRules && options.origin(of: $0) == .flag }?.spelling
  }

  /// Compares the rules of two files, with those of other programs.
  private func twoFiles() throws -> DiffAnswer {
    let comparison = try TextComparison(
      before: RulesFile(files[0], table: text.table, keepsUnreachedChains: true).read(text.family),
      after: RulesFile(files[1], table: text.table, keepsUnreachedChains: true).read(text.family))
    guard comparison.hasCommonPart else {
      throw CommandError(
        "\(files[0].onOneLine) and \(files[1].onOneLine) show no chain in common: nothing could be compared")
    }
    return comparison.answer
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

extension Report {
  /// - Parameter file: the file with the live rules; nil or `-` if they have no name.
  init(_ diff: InterceptionDiff, file: String?) {
    rules = Difference.Kind.allCases.map { kind in
      Rule(id: "rules-\(kind.rawValue)", documentation: kind.documentation, severity: .error)
    }
    let location = file.flatMap { $0 == "-" ? nil : SourceLocation(file: $0, line: 1) }
    let lines = diff.rulesets.flatMap(\.lines) + diff.native.lines
    results =
      lines.map { line in
        Result(rule: "rules-\(line.kind.rawValue)", severity: .error, message: line.text, location: location)
      }
      + diff.shadowing.map { rule in
        Result(rule: "rules-shadowed", severity: .error, message: rule.line, location: location)
      }
  }
}

extension Difference.Kind {
  fileprivate var documentation: String {
    switch self {
    case .missing: "A rule or chain that the options build is missing."
    case .unexpected: "A rule or chain of Istio is there, but not wanted."
    case .changed: "A rule differs from the one that the options build."
    case .moved: "A rule is in another place of its chain."
    case .shadowed: "A rule of another program takes packets away from rules of Istio."
    }
  }
}

extension OperandHelp {
  /// A text of rules, for want of the kernel's.
  static let rulesFile = OperandHelp(
    value: .file,
    summary:
      "A file of rules in any form: iptables-save, -S, -L, commands, nft; or -. (default: the kernel's rules)"
  )
}
