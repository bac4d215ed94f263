import Glibc
package import Intercept

/// A command line program: its subcommands and help. `main` runs it with the arguments of this process: the options by
/// their table, then a subcommand, then an exit status.
package protocol CommandProgram: SendableMetatype {
  /// The answer to a command line without any words, in an environment without any of Istio's variables.
  static var usage: String { get }

  /// The implementation of a subcommand; nil if the program does not have it.
  static func implementation(of subcommand: Subcommand) -> (any Command.Type)?

  /// The lookup of pods by name; nil for a program without `--pod-name`.
  static var pods: (any PodLookup)? { get }

  /// Reads the manifests in a file: the file, or those of an archive, which may have none.
  ///
  /// - Throws: `CommandError` if the file cannot be read.
  static func manifests(in file: InputFile) throws -> [InputPart]

  /// Prints the page of help that the arguments ask for.
  static func showHelp(_ arguments: GoArguments) throws
}

extension CommandProgram {
  package static func manifests(in file: InputFile) throws -> [InputPart] { [try file.whole()] }

  package static func main() {
    do {
      try run()
    } catch let invalid as InvalidOptions {
      invalid.problems.forEach { Console.complain($0.description) }
      end(invalid.areMistaken ? .usage : .failure)
    } catch let failure as CommandError {
      Console.complain(failure.description)
      end(failure.status)
    } catch let status as ExitStatus {
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
    RunningProgram.set(Self.self)
    let arguments = GoArguments.ofProcess
    if arguments.asksForHelp { return try showHelp(arguments) }
    if words.isEmpty, !Options.ofProcess(nil).hasVariables, Environment.variable("ENVOY_USER") == nil {
      throw CommandError(usage, status: .usage)
    }
    try arguments.command(of: Self.self, .ofProcess(nil)) { try Settings.ofProcess() }.run()
  }

  private static func end(_ status: ExitStatus) { exit(status.rawValue) }
}

extension InvalidOptions {
  /// The mistake of a subcommand or an option that only the tool with all subcommands has.
  static func notInThisProgram(_ name: String) -> InvalidOptions {
    InvalidOptions("\(name) is not in this program; istio-iptables-swift has it")
  }
}

extension GoArguments {
  /// The subcommand with its options.
  ///
  /// - Parameters:
  ///   - program: the program that has the subcommand.
  ///   - options: the options of all sources.
  ///   - settings: reads the rule options; their mistakes are reported along with those of the command line.
  /// - Throws: `InvalidOptions` with every mistake.
  package func command(
    of program: any CommandProgram.Type, _ options: Options, settings: () throws -> Settings
  ) throws -> any Command {
    guard let implementation = program.implementation(of: subcommand) else {
      throw InvalidOptions.notInThisProgram(subcommand.rawValue)
    }
    if program.pods == nil,
      let option = OptionName.allCases.first(where: { $0.needsPodLookup && options[$0] != nil })
    {
      throw InvalidOptions.notInThisProgram(option.spelling)
    }
    var reader = OptionReader(options)
    UsageCheck(self, operands: implementation.help.operands).problems.forEach { reader.complain($0) }
    let command = implementation.init(reading: &reader, Operands(self))
    if options[.logOutputLevel] != nil { _ = LogOptions(reading: &reader) }
    if reader.isClean { return command }
    do {
      _ = try settings()
    } catch let invalid as InvalidOptions {
      invalid.problems.filter(\.isMistake).forEach { reader.complain($0) }
    } catch {}
    try reader.finish()
    return command
  }

  /// True for `--help`, `help`, `--version` and the generators of completions and manual pages.
  package var asksForHelp: Bool {
    unknownFlags.contains(where: Self.isHelpFlag) || !namesSubcommand && Self.topics.contains(operands.first)
  }

  /// True for a flag that asks for help.
  package static func isHelpFlag(_ flag: String) -> Bool {
    ["-h", "--help", "--help-hidden", "--version", "--experimental-dump-help"].contains(flag)
      || isGenerator(flag)
  }

  /// True for the flag that generates completions.
  package static func isGenerator(_ flag: String) -> Bool {
    flag.hasPrefix("--generate-completion-script")
  }

  private static let topics: [String?] = ["help", "rules"]
}
