import Installation
import Intercept
import Netfilter
import RuleCommands

/// Removes the rules, or lists those of a file that would be removed: `clean --check FILE`.
struct CleanFileCommand: Command {
  static let name = Subcommand.clean
  static var help: CommandHelp {
    CommandHelp(
      abstract: CleanCommand.help.abstract, usage: "[<options>] [<file>]",
      discussion: CleanCommand.help.discussion + "\n  istio-iptables-swift clean --check dump.txt",
      operands: [
        OperandHelp(value: .file, summary: "Rules in any form, or -, for --check. (default: the kernel's)")
      ])
  }

  private let file: String?
  private let kernel: CleanCommand

  init(reading reader: inout OptionReader, _ operands: Operands) {
    file = operands.first
    reader.refuseNamespace(besideFile: file)
    kernel = CleanCommand(reading: &reader, operands)
    if let file, !reader.toggle(.check) {
      reader.complain(
        OptionProblem("Unexpected argument \(file.quotedForMessage) (clean takes a file with --check alone)"))
    }
  }

  func run() throws {
    guard let file else { return try kernel.run() }
    let settings = try Settings.ofProcess()
    let reading = try RulesFile(file, table: nil, keepsUnreachedChains: true).read(nil)
    Console.note("rules: \(reading.source)")
    let plan = RemovalPlan(reading.installed, known: RulesetBuilder.build(settings.configuration))
    plan.warnings.forEach(Console.warn)
    try Console.list(plan)
  }
}

extension LiveSource.Reading {
  /// The rules in the tables of iptables, and Istio's own tables.
  fileprivate var installed: LiveInterception {
    guard origin == .native else { return LiveInterception(rulesets: rulesets) }
    return LiveInterception(
      rulesets: IPFamily.allCases.map { nftables.iptablesTables($0) },
      native: nftables.istioTables.tables.map {
        NativeTableReading(name: $0.name.rawValue, chains: $0.chains)
      })
  }
}
