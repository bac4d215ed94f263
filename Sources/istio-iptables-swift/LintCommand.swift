import ArgumentParser
import Intercept
import Manifests
import TextOutput

struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Find what in a mesh's objects will not do what its owner expects.",
    usage: "istio-iptables-swift lint [<options>] [<file>]",
    discussion: """
      Read are Pods, workloads, Services, Namespaces, and Istio's Gateways, VirtualServices, ServiceEntries and \
      Sidecars, as JSON; other objects are passed over. Each finding says what is there, what will happen, and the way \
      out. Status 0: nothing was found; 1: something was; 2: trouble.

        kinds=namespaces,pods,services,serviceentries,gateways
        kinds=$kinds,virtualservices,sidecars
        kubectl get $kinds -A -o json | istio-iptables-swift lint -
        kubectl create --dry-run=client -o json -f app.yaml |
          istio-iptables-swift lint --assume-injected -
        istio-iptables-swift lint --only catch-all-listener \\
          --istio-release 1.20 --format json objects.json

      The rules (--list-rules explains them): \(Lint.rules.map(\.name).joined(separator: ", ")).
      """)

  @OptionGroup(title: "Logging") var log: LogFlags

  @Option(help: "text for people; json for programs, a record in a line for each finding.")
  var format = DiffCommand.Format.text

  @Option(help: "Look for these rules alone: a comma list; may be repeated.")
  var only: [String] = []

  @Option(help: "Leave these rules out: a comma list; may be repeated.")
  var ignore: [String] = []

  @Flag(help: "Explain every rule, and read nothing.")
  var listRules = false

  @Flag(
    help: """
      Take pods to be in the mesh that show no sign of it, as manifests do before they are injected. Those of namespaces \
      where injection is off (istio-injection) or the mesh needs no sidecars (istio.io/dataplane-mode: ambient) stay out.
      """)
  var assumeInjected = false

  @Option(
    parsing: .unconditional,
    help:
      "What the mesh sets for every pod: a file with Istio's Helm values, or those of global.proxy, as JSON.")
  var meshValues: String?

  @Option(
    parsing: .unconditional,
    help: "The mesh's release, 1.14 to 1.30. (default: any; what only some releases do is found, and says so)"
  )
  var istioRelease: String?

  @Argument(help: "A file of JSON as kubectl prints it, or - for standard input. (default: -)")
  var file: String?

  func run() throws {
    if listRules { return try Console.print(Self.rulesText) }
    let lint = try rules()
    let release = try release()
    try ExitStatusPolicy.withStatus(2) {
      let values = try MeshValues(file: meshValues)
      values.warnings.forEach(Console.warn)
      let list = try ManifestFile.read(file ?? "-") { text throws(ManifestError) in try ObjectList(text) }
      let result = lint.findings(in: list, values: values, release: release, assumesInjection: assumeInjected)
      try Console.print(result.findings.map(text).joined(separator: format == .text ? "\n" : ""))
      say(result, of: list)
      throw result.findings.isEmpty ? ExitCode.success : ExitCode.failure
    }
  }

  private func rules() throws -> Lint {
    func names(_ lists: [String]) -> [String] {
      lists.flatMap { $0.split(separator: ",") }.map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
    }
    do {
      return try Lint(only: names(only), ignoring: names(ignore))
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// The release, if anybody says: what is found then is what it does.
  private func release() throws -> IstioRelease? {
    let options = Options.ofProcess(nil)
    guard let given = options[.istioRelease] else { return nil }
    guard let release = options.release else {
      let known = IstioRelease.known
      throw InvalidOptions(problems: [
        OptionProblem(
          "\(given.name): \(given.text.quotedForMessage): give one from 1.\(known.lowerBound) to 1.\(known.upperBound)"
        )
      ])
    }
    return release
  }

  private func text(of finding: Finding) throws -> String {
    switch format {
    case .text: finding.text(Console.style)
    case .json: try JSONWriter.line(finding)
    }
  }

  private func say(_ result: LintResult, of list: ObjectList) {
    let objects = "\(list.kinds.count) \(list.kinds.count == 1 ? "object" : "objects")"
    let count = result.findings.count
    Console.note("\(count == 0 ? "nothing" : "\(count)") found in \(objects)")
    if result.podsInDoubt > 0 {
      Console.note(
        "of \(result.podsInDoubt) of its pods nothing says that they are in the mesh; --assume-injected takes them to be"
      )
    }
  }

  private static var rulesText: String {
    Lint.rules.map { "\($0.name)\n" + $0.documentation.wrapped("  ", indent: "  ") }.joined(separator: "\n")
  }
}
