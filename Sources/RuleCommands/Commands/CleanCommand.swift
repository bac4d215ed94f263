package import Installation
package import Intercept

/// Removes the rules.
package struct CleanCommand: Command {
  package static let name = Subcommand.clean
  package static var help: CommandHelp {
    CommandHelp(
      abstract: "Remove the rules of this tool and of Istio's own from a namespace.",
      usage: "[<options>]",
      discussion: """
        Rules of any options, releases and encodings are removed, from nf_tables and from iptables-legacy; other \
        programs' rules stay. With --dry-run or \
        --check, each rule, chain and table that would be removed is listed, one a line.

          istio-iptables-swift clean
          istio-iptables-swift clean --network-namespace /var/run/netns/test
          istio-iptables-swift clean --dry-run --pid 4711
        """)
  }

  private let isCheck: Bool

  package init(reading reader: inout OptionReader, _ operands: Operands) {
    isCheck = reader.toggle(.check)
  }

  package func run() throws {
    let settings = try Settings.ofProcess()
    settings.warnings.forEach(Console.warn)
    try Removal(settings, isDryRun: isCheck || settings.run.isDryRun).perform()
  }
}

/// The operation of `clean` and of `apply --cleanup-only`.
package struct Removal {
  private let installation: Installation
  private let isDryRun: Bool

  /// - Parameter isDryRun: true to list what would be removed, and change nothing.
  package init(_ settings: Settings, isDryRun: Bool) throws {
    installation = .toClean(settings.configuration, settings.run, in: try settings.namespace.open())
    self.isDryRun = isDryRun
  }

  package func perform() throws {
    guard isDryRun else { return Console.report(try installation.clean()) }
    try Console.list(try installation.removalPlan())
  }
}

extension Installation {
  /// The installation of the options, in the namespace that they select.
  ///
  /// - Throws: `NamespaceError` if that cannot be opened.
  package init(_ settings: Settings) throws {
    self.init(settings.configuration, settings.run, in: try settings.namespace.open())
  }
}

extension Console {
  /// Prints what a removal would remove.
  package static func list(_ plan: RemovalPlan) throws {
    try print(plan.text)
    note(plan.isEmpty ? "dry run: nothing to remove" : "dry run: would remove \(plan)")
  }

  /// Prints the warnings and the lines of a report.
  package static func report(_ report: InstallationReport) {
    report.warnings.forEach(warn)
    note(report.description)
  }
}
