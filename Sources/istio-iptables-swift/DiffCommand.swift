import ArgumentParser
import Intercept

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Say in what live rules differ from those that the options build.",
    discussion: """
      Compared is what rules mean, not how they are spelled. Other programs' rules are no difference, unless one \
      takes packets away from a rule of ours. Status 0: the same; 1: they differ; 2: trouble.

        iptables-save | istio-iptables-swift diff --profile sidecar -
        istio-iptables-swift diff --profile sidecar --pid 4711
        istio-iptables-swift diff --profile sidecar --family ipv6 dump-v6.txt
        istio-iptables-swift diff --pod web.json dump.txt
      """)

  /// How differences are told.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, json
  }

  /// The family of a dump, which its text does not say.
  enum Family: String, CaseIterable, ExpressibleByArgument {
    case ipv4, ipv6

    var value: IPFamily { self == .ipv4 ? .ipv4 : .ipv6 }
  }

  @OptionGroup(title: "Rules") var rules: RuleFlags
  @OptionGroup(title: "Application") var application: RunFlags
  @OptionGroup(title: "Pod") var pod: PodFlags

  @Option(help: "The family of the rules in FILE.")
  var family = Family.ipv4

  @Option(help: "text for people, json for programs.")
  var format = Format.text

  @Argument(help: "A file of iptables-save text, or - for standard input. (default: the kernel's rules)")
  var file: String?

  func run() throws {
    try pod.check()
    guard pod.pod != "-" || file != "-" else {
      throw ValidationError("--pod and the rules cannot both be read from standard input")
    }
    try Trouble.withStatus(2) {
      if try pod.showsOptions("diff") { return }
      let diffs = try differences()
      try Console.print(text(of: diffs))
      let summaries = diffs.compactMap { diff in diff.summary.map { "\(diff.family): \($0)" } }
      (summaries.isEmpty ? ["nothing differs"] : summaries).forEach(Console.note)
      throw summaries.isEmpty ? ExitCode.success : ExitCode.failure
    }
  }

  private func differences() throws -> [RulesetDiff] {
    let settings = try Settings.ofProcess(pod, asksManifest: file != nil)
    settings.warnings.forEach(Console.warn)
    let wanted = RulesetBuilder.build(settings.configuration)
    let live = try LiveSource(file, family: family.value, run: settings.run).rulesets()
    return live.map { live in
      RulesetDiff(wanted: wanted.first { $0.family == live.family } ?? Ruleset(live.family), live: live)
    }
  }

  private func text(of diffs: [RulesetDiff]) throws -> String {
    switch format {
    case .text:
      let style: RulesetDiff.Style = Console.usesColour ? .coloured : .plain
      return diffs.filter { !$0.isEmpty }.map { "\($0.family)\n\n\($0.text(style))" }.joined(separator: "\n")
    case .json: return try JSONText.encode(diffs)
    }
  }
}
