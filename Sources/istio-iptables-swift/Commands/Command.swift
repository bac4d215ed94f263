import Intercept

/// A subcommand: it reads its own options and operands, then runs.
protocol Command {
  static var name: Subcommand { get }
  static var help: CommandHelp { get }

  /// Reads the options; mistakes stay in the reader, and `run` must not be called if there are any.
  init(reading reader: inout OptionReader, _ operands: Operands)

  func run() throws
}

/// The texts of a subcommand's help; the options come from the table.
struct CommandHelp {
  /// One line.
  let abstract: String
  /// The synopsis after the subcommand's name.
  let usage: String
  /// Explanation and examples. Lines that begin with blanks are examples.
  let discussion: String
  var operands: [OperandHelp] = []
}

/// The help of an operand.
struct OperandHelp {
  let value: OptionValue
  let summary: String
  /// True if the operand may be repeated.
  var isRepeated = false
}

/// The words of a command line that are no options.
struct Operands {
  let words: [String]
  /// The words after `--`; nil if there is no `--`.
  let command: [String]?

  /// The only operand.
  var first: String? { words.first }

  /// `wait` has a command after `--`; elsewhere `--` ends the options.
  init(_ arguments: GoArguments) {
    let isWait = arguments.subcommand == .wait
    words = isWait ? arguments.operands : arguments.operands + (arguments.command ?? [])
    command = isWait ? arguments.command : nil
  }
}

extension Subcommand {
  /// The implementation.
  var implementation: any Command.Type {
    switch self {
    case .apply: ApplyCommand.self
    case .print: PrintCommand.self
    case .diff: DiffCommand.self
    case .trace: TraceCommand.self
    case .guess: GuessCommand.self
    case .clean: CleanCommand.self
    case .validate: ValidateCommand.self
    case .lint: LintCommand.self
    case .ports: PortsCommand.self
    case .tcpdump: TcpdumpCommand.self
    case .wait: WaitCommand.self
    case .accessLog: AccessLogCommand.self
    case .pcap: PcapCommand.self
    case .doctor: DoctorCommand.self
    case .connections: ConnectionsCommand.self
    case .node: NodeCommand.self
    }
  }
}
