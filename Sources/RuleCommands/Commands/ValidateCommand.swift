package import Installation
package import Intercept

/// Tests that the rules redirect a connection.
package struct ValidateCommand: Command {
  package static let name = Subcommand.validate
  package static var help: CommandHelp {
    CommandHelp(
      abstract: "Test that the rules redirect a connection to the proxy; status 126 if not.",
      usage: "[<options>]",
      discussion: """
        Connects as the proxy to 127.0.0.6 or ::6, and waits until that connection arrives at one of the proxy's ports. \
        A port without a listener gets one for the moment; a running proxy stays undisturbed. The proxy's user needs no \
        privilege; with CAP_NET_ADMIN the message names the rule at fault. \
        Without options of rules, those count that explain the rules of the namespace. Status 0: redirected; 126: not redirected; \
        2: it could not be tried.

          istio-iptables-swift validate --profile sidecar --pid 4711
          istio-iptables-swift validate --profile sidecar --probe-timeout 30s
        """)
  }

  package init(reading reader: inout OptionReader, _ operands: Operands) {}

  package func run() throws {
    try ExitStatusPolicy.withStatus(2) {
      let settings = try Settings.ofProcess()
      settings.warnings.forEach(Console.warn)
      try Validation(settings).performAndReport()
    }
  }
}

extension Validation {
  /// The validation of the options, in the namespace that they select.
  ///
  /// - Throws: `NamespaceError` if that cannot be opened.
  package init(_ settings: Settings) throws {
    self.init(
      settings.configuration, settings.run, guesses: !settings.options.selectsRules,
      in: try settings.namespace.open())
  }

  /// Validates, and reports the captured connections.
  ///
  /// - Throws: `CommandError` with Istio's status if a connection is not captured.
  package func performAndReport() throws {
    do {
      Console.report(try perform())
    } catch {
      switch error {
      case .notCaptured(_, let diagnosis, let captured):
        captured.forEach { Console.note($0.description) }
        Console.warn(diagnosis.duplicate)
        throw CommandError(error.description, status: .notValidated)
      case .inboundNotCaptured(_, let captured):
        captured.forEach { Console.note($0.description) }
        throw CommandError(error.description, status: .notValidated)
      case .untried: throw CommandError(error.description)
      }
    }
  }
}

extension ExitStatus {
  /// The status by which Istio's CNI plugin recognises a pod without rules.
  fileprivate static let notValidated = ExitStatus(126)
}
