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
      if settings.run.form == .native {
        throw CommandError(
          "--native-nftables: iptables-save text has no such rules; compare the kernel's, without FILE")
      }
      let live = try LiveSource(file, family: family.value, in: settings).read().rulesets
      return InterceptionDiff(rulesets: wanted.differences(from: live))
    }
    Console.warn(try settings.backend().duplicate())
    let installation = try Installation(settings)
    installation.uncapturedFamily().map(Console.warn)
    return try installation.differences()
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
