import ArgumentParser
import Installation
import Intercept
import Netfilter

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
    try ExitStatusPolicy.withStatus(2) {
      if try pod.showsOptions("diff") { return }
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
      let live = try LiveSource(file, family: family.value, run: settings.run).read().rulesets
      return InterceptionDiff(rulesets: wanted.differences(from: live))
    }
    let backend = settings.run.backend
    Console.warn(backend.duplicate())
    return try backend.differences(from: wanted)
  }

  private func text(of diff: InterceptionDiff) throws -> String {
    switch format {
    case .text: return diff.text(Console.style)
    case .json: return try JSONWriter.text(DiffJSON(families: diff))
    }
  }
}
