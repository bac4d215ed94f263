import Intercept
import Manifests
import RuleCommands
import TextOutput

/// Checks the objects of a mesh.
struct LintCommand: Command {
  static let name = Subcommand.lint
  static var help: CommandHelp {
    CommandHelp(
      abstract: "Check Kubernetes and Istio objects for mistakes that break traffic or capture.",
      usage: "[<options>] [<file>...]",
      discussion: """
        Pods, workloads, Services, Namespaces, and Istio's Gateways, VirtualServices, ServiceEntries and Sidecars are \
        read, as YAML or JSON; other objects are ignored. Of directories, all files *.yaml, *.yml, *.json and *.tar.gz \
        below are read. Each finding names the object, the effect and the fix. Status 0: no finding; 1: findings, of \
        which a broken document is one; 2: a file or directory cannot be opened, or no file has an object.

          kinds=namespaces,pods,services,serviceentries,gateways
          kinds=$kinds,virtualservices,sidecars
          kubectl get $kinds -A -o yaml | istio-iptables-swift lint -
          helm template web ./chart | istio-iptables-swift lint --assume-injected
          istio-iptables-swift lint --format sarif manifests/ > lint.sarif

        The rules (--explain RULE explains one): \(Lint.rules.map(\.name).joined(separator: ", ")).
        """,
      operands: [
        OperandHelp(
          value: .file, summary: "Files and directories of YAML or JSON, or -. (default: -)", isRepeated: true
        )
      ])
  }

  private let lint: Lint?
  private let explained: [Lint.RuleDescription]?
  private let assumesInjection: Bool
  private let meshValues: String?
  private let release: IstioRelease?
  private let format: ReportFormat
  private let severity: Severity
  private let failOn: Severity
  private let files: [String]

  init(reading reader: inout OptionReader, _ operands: Operands) {
    format = reader.choice(.reportFormat, default: .text)
    severity = reader.choice(.severity, default: .info)
    failOn = reader.choice(.failOn, default: .info)
    assumesInjection = reader.toggle(.assumeInjected)
    meshValues = reader.text(.meshValues)
    release = reader.release(.istioRelease)
    files = operands.words.isEmpty ? ["-"] : operands.words
    let (only, ignored) = (reader.names(.only), reader.names(.ignore))
    for name in only where ignored.contains(name) {
      reader.complain(OptionProblem("--only and --ignore both name \(name); leave it out of one of them"))
    }
    var chosen: (lint: Lint?, explained: [Lint.RuleDescription]?)
    do throws(UnknownRule) {
      chosen.lint = try Lint(only: only, ignoring: ignored)
      chosen.explained = try reader.text(.explain).map { name throws(UnknownRule) in
        [try Lint.rule(named: name)]
      }
    } catch {
      reader.complain(OptionProblem("\(error)"))
    }
    lint = chosen.lint
    explained = reader.toggle(.listRules) ? Lint.rules : chosen.explained
    if files.count(where: { $0 == "-" }) + (meshValues == "-" ? 1 : 0) > 1 {
      reader.complain(OptionProblem("standard input cannot be read twice"))
    }
  }

  func run() throws {
    if let explained { return try Console.print(Self.text(of: explained)) }
    guard let lint else { return }
    try ExitStatusPolicy.withStatus(2) {
      let values = try MeshValues(file: meshValues)
      values.warnings.forEach(Console.warn)
      let input = ManifestInput(files)
      var closed: [CommandError] = []
      let list = try input.read { closed.append($0) }
      Self.warn(of: closed.dropFirst())
      let unreadable = closed.first ?? input.unreadable(list)
      if let unreadable, format == .text, list.kinds.isEmpty { throw unreadable }
      let result = lint.findings(
        in: list, values: values, release: release, assumesInjection: assumesInjection)
      let findings = result.findings.filter { $0.severity >= severity }
      try Console.print(text(of: findings))
      // A program gets its document, with the place of the mistake.
      if let unreadable, list.kinds.isEmpty { throw unreadable }
      report(findings.count, result, of: list)
      if let unreadable { throw unreadable }
      throw findings.contains { $0.severity >= failOn } ? ExitStatus.failure : ExitStatus.success
    }
  }

  private static func warn(of closed: ArraySlice<CommandError>) {
    let shown = closed.prefix(20)
    shown.forEach { Console.warn("\($0)") }
    if closed.count > shown.count {
      Console.warn("\(closed.count - shown.count) more files and directories cannot be read")
    }
  }

  private func text(of findings: [Finding]) throws -> String {
    switch format {
    case .text: findings.map { $0.text(Console.style) }.joined(separator: "\n")
    case .json: try findings.map { try JSONWriter.line($0) }.joined()
    case .sarif: try JSONWriter.foreign(SARIF(Report(findings)))
    case .github: Report(findings).github
    }
  }

  private func report(_ count: Int, _ result: LintResult, of list: ObjectList) {
    let objects = "\(list.kinds.count) \(list.kinds.count == 1 ? "object" : "objects")"
    Console.note("\(count == 0 ? "nothing" : "\(count)") found in \(objects)")
    if list.passedOver > 0 {
      Console.note("passed over \(list.passedOver) documents that are no Kubernetes objects")
    }
    if result.podsWithUndeterminedInjection > 0 {
      Console.note(
        "\(result.podsWithUndeterminedInjection) of its pods show no sign of injection; --assume-injected assumes that they are injected"
      )
    }
  }

  private static func text(of rules: [Lint.RuleDescription]) -> String {
    rules.map { "\($0.name) (\($0.severity))\n" + $0.documentation.wrapped("  ", indent: "  ") }
      .joined(separator: "\n")
  }
}

extension Report {
  init(_ findings: [Finding]) {
    rules = Lint.rules.map { Rule(id: $0.name, documentation: $0.documentation, severity: $0.severity) }
    results = findings.map { finding in
      Result(
        rule: finding.rule, severity: finding.severity,
        message: "\(finding.object.name.isEmpty ? "" : "\(finding.object): ")\(finding.what). "
          + "So: \(finding.effect). Do: \(finding.remedy).",
        location: finding.location,
        object: finding.object.name.isEmpty ? nil : finding.object.description)
    }
  }
}

extension OptionReader {
  /// The names in the comma lists of a repeated option.
  fileprivate mutating func names(_ option: OptionName) -> [String] {
    values(option, wanted: "") { $0 }.flatMap { $0.split(separator: ",") }.map { $0.trimmingBlanks() }
      .filter { !$0.isEmpty }
  }
}
