import ArgumentParser
import Intercept

/// Where the process begins: arguments by Go's habits, then a subcommand, then an exit status.
@main enum Main {
  static func main() {
    do {
      try GoArguments.ofProcess.run()
    } catch let invalid as InvalidOptions {
      invalid.problems.forEach { Console.complain($0.description) }
      Root.exit(withError: invalid.areMistaken ? ExitCode.validationFailure : .failure)
    } catch let failure as CommandError {
      Console.complain(failure.description)
      Root.exit(withError: failure.status)
    } catch {
      end(error)
    }
  }

  /// Ends with what the parser throws - a request for help, a status, words it cannot read - or anything else.
  private static func end(_ error: any Error) -> Never {
    switch Root.exitCode(for: error) {
    case .validationFailure:
      let said = Misspelling(GoArguments.ofProcess).explained(Root.message(for: error))
      Console.complain("\(said.onOneLine) (--help lists what there is)")
      complainOfMistakes()
      Root.exit(withError: ExitCode.validationFailure)
    case .failure where !(error is ExitCode):
      Console.complain("\(error)")
      Root.exit(withError: ExitCode.failure)
    default: Root.exit(withError: error)
    }
  }
}

extension Main {
  /// Says what else is wrong, where the parser has given up at the first word that it does not know.
  fileprivate static func complainOfMistakes() {
    do {
      _ = try Settings.ofProcess()
    } catch let invalid as InvalidOptions {
      invalid.problems.filter(\.isMistake).forEach { Console.complain($0.description) }
    } catch {}
  }
}

extension GoArguments {
  /// Does what the words ask for.
  ///
  /// What Istio's injector passes are options of the table alone: an `apply`, which needs no parser to be known as
  /// one, said or not. The parser takes longer over it than everything else together.
  ///
  /// - Throws: what `command()` throws, or the subcommand.
  func run() throws {
    guard isPlainApply else {
      var command = try command()
      return try command.run()
    }
    try refuseMissingValues()
    try Application(settings: .ofProcess(), isCheck: false).perform()
  }

  /// The subcommand that the words ask for.
  ///
  /// - Throws: `InvalidOptions`, or an error of the parser's own.
  func command() throws -> any ParsableCommand {
    try refuseMissingValues()
    return try Root.parseAsRoot(words)
  }

  func refuseMissingValues() throws(InvalidOptions) {
    guard problems.isEmpty else { throw InvalidOptions(problems: problems) }
  }
}

/// The tool and its subcommands.
struct Root: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "istio-iptables-swift",
    abstract: "Build, apply and explain the rules that send a pod's traffic to its mesh proxy.",
    discussion: """
      In the place of Istio's istio-iptables: same flags, same variables, same rules, in one transaction.

        istio-iptables-swift print --profile sidecar --annotate
            the usual rules, each with its reason
        istio-iptables-swift --profile sidecar --dry-run
            what apply would do here
        iptables-save | istio-iptables-swift diff --profile sidecar -
            in what the rules here differ from the usual ones
        istio-iptables-swift trace --live outbound --to 10.0.0.1:80 --uid 1000
            which of the rules here decides about this connection, and why

      A flag beats the environment, the environment a pod's manifest (--pod), and that a default. Each long flag but --envoy-port, --profile and \
      --pid has a variable of the same name: --istio-inbound-ports is ISTIO_INBOUND_PORTS. Variables alone give \
      ISTIO_OUTBOUND_OWNER_GROUPS (*), ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE and \
      ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR (127.0.0.1/32).
      """,
    version: Version.text,
    subcommands: [
      ApplyCommand.self, PrintCommand.self, DiffCommand.self, TraceCommand.self, GuessCommand.self,
      CleanCommand.self, ValidateCommand.self, LintCommand.self, PortsCommand.self,
      TcpdumpCommand.self, WaitCommand.self,
    ],
    defaultSubcommand: ApplyCommand.self)
}
