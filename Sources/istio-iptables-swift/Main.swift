import ArgumentParser
import Intercept

/// The program: arguments by the table of options, then a subcommand, then an exit status.
@main enum Main {
  static func main() {
    do {
      try run()
    } catch let invalid as InvalidOptions {
      invalid.problems.forEach { Console.complain($0.description) }
      end(invalid.areMistaken ? .validationFailure : .failure)
    } catch let failure as CommandError {
      Console.complain(failure.description)
      end(failure.status)
    } catch let status as ExitCode {
      end(status)
    } catch {
      Console.complain("\(error)")
      end(.failure)
    }
  }

  private static func run() throws {
    guard let words = ProcessArguments.words else {
      throw InvalidOptions("the process has no arguments, not even its name; nothing was done")
    }
    let arguments = GoArguments.ofProcess
    if arguments.asksForHelp { return try HelpPages.show(arguments) }
    if words.isEmpty, !Options.ofProcess(nil).hasVariables, Environment.variable("ENVOY_USER") == nil {
      throw BareCommand.error
    }
    try arguments.run()
  }

  private static func end(_ status: ExitCode) { Root.exit(withError: status) }
}

extension GoArguments {
  /// Runs the subcommand.
  ///
  /// - Throws: `InvalidOptions` with every mistake, before anything is touched; or what the subcommand throws.
  fileprivate func run() throws {
    try command(.ofProcess(nil)) { try Settings.ofProcess() }.run()
  }

  /// The subcommand with its options.
  ///
  /// - Parameters:
  ///   - options: the options of all sources.
  ///   - settings: reads the rule options; their mistakes are reported along with those of the command line.
  /// - Throws: `InvalidOptions` with every mistake.
  func command(_ options: Options, settings: () throws -> Settings) throws -> any Command {
    var reader = OptionReader(options)
    UsageCheck(self).problems.forEach { reader.complain($0) }
    let command = subcommand.implementation.init(
      reading: &reader, Operands(self))
    if reader.isClean { return command }
    do {
      _ = try settings()
    } catch let invalid as InvalidOptions {
      invalid.problems.filter(\.isMistake).forEach { reader.complain($0) }
    } catch {}
    try reader.finish()
    return command
  }
}

/// The answer to a command line without any words, in an environment without any of Istio's variables.
enum BareCommand {
  static let error = CommandError(
    """
    nothing was asked for, so nothing was done. Usage: istio-iptables-swift [SUBCOMMAND] OPTIONS
      istio-iptables-swift --profile sidecar          install the usual rules
      istio-iptables-swift print --profile sidecar    print them
      istio-iptables-swift help                       list the subcommands
      istio-iptables-swift help rules                 list the options of the rules
    """, status: .validationFailure)
}
