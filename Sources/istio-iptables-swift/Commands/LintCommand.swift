import ArgumentParser
import Intercept
import Manifests
import TextOutput

/// Checks the objects of a mesh.
struct LintCommand: Command {
  static let name = Subcommand.lint
  static var help: CommandHelp {
    CommandHelp(
      abstract: "Check Kubernetes and Istio objects for mistakes that break traffic or capture.",
      usage: "[<options>] [<file>]",
      discussion: """
        Pods, workloads, Services, Namespaces, and Istio's Gateways, VirtualServices, ServiceEntries and Sidecars are \
        read, as JSON; other objects are ignored. Each finding names the object, the effect and the fix. Status 0: no \
        finding; 1: findings; 2: error.

          kinds=namespaces,pods,services,serviceentries,gateways
          kinds=$kinds,virtualservices,sidecars
          kubectl get $kinds -A -o json | istio-iptables-swift lint -
          kubectl create --dry-run=client -o json -f app.yaml |
            istio-iptables-swift lint --assume-injected -
          istio-iptables-swift lint --only catch-all-listener \\
            --istio-release 1.20 --format json objects.json

        The rules (--list-rules explains them): \(Lint.rules.map(\.name).joined(separator: ", ")).
        """,
      operands: [
        OperandHelp(name: "file", summary: "A file of JSON as kubectl prints it, or -. (default: -)")
      ])
  }

  private let lint: Lint?
  private let listsRules: Bool
  private let assumesInjection: Bool
  private let meshValues: String?
  private let release: IstioRelease?
  private let format: DiffCommand.Format
  private let file: String

  init(reading reader: inout OptionReader, _ operands: Operands) {
    format = reader.choice(.format, default: .text)
    listsRules = reader.toggle(.listRules)
    assumesInjection = reader.toggle(.assumeInjected)
    meshValues = reader.text(.meshValues)
    release = reader.release(.istioRelease)
    file = operands.first ?? "-"
    let (only, ignored) = (reader.names(.only), reader.names(.ignore))
    do {
      lint = try Lint(only: only, ignoring: ignored)
    } catch {
      lint = nil
      reader.complain(OptionProblem("\(error)"))
    }
  }

  func run() throws {
    if listsRules { return try Console.print(Self.rulesText) }
    guard let lint else { return }
    try ExitStatusPolicy.withStatus(2) {
      let values = try MeshValues(file: meshValues)
      values.warnings.forEach(Console.warn)
      let list = try ManifestFile.read(file) { text throws(ManifestError) in try ObjectList(text) }
      let result = lint.findings(
        in: list, values: values, release: release, assumesInjection: assumesInjection)
      try Console.print(result.findings.map(text).joined(separator: format == .text ? "\n" : ""))
      report(result, of: list)
      throw result.findings.isEmpty ? ExitCode.success : ExitCode.failure
    }
  }

  private func text(of finding: Finding) throws -> String {
    switch format {
    case .text: finding.text(Console.style)
    case .json: try JSONWriter.line(finding)
    }
  }

  private func report(_ result: LintResult, of list: ObjectList) {
    let objects = "\(list.kinds.count) \(list.kinds.count == 1 ? "object" : "objects")"
    let count = result.findings.count
    Console.note("\(count == 0 ? "nothing" : "\(count)") found in \(objects)")
    if result.podsWithUndeterminedInjection > 0 {
      Console.note(
        "\(result.podsWithUndeterminedInjection) of its pods show no sign of injection; --assume-injected assumes that they are injected"
      )
    }
  }

  private static var rulesText: String {
    Lint.rules.map { "\($0.name)\n" + $0.documentation.wrapped("  ", indent: "  ") }.joined(separator: "\n")
  }
}

extension OptionReader {
  /// The names in the comma lists of a repeated option.
  fileprivate mutating func names(_ option: OptionName) -> [String] {
    values(option, wanted: "") { $0 }.flatMap { $0.split(separator: ",") }.map { $0.trimmingBlanks() }
      .filter { !$0.isEmpty }
  }
}
