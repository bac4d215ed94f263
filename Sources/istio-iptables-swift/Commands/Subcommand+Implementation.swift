import Intercept
import RuleCommands

extension Subcommand {
  /// The implementation.
  var implementation: any Command.Type {
    switch self {
    case .apply: ApplyCommand.self
    case .print: PrintCommand.self
    case .diff: DiffCommand.self
    case .trace: TraceCommand.self
    case .guess: GuessCommand.self
    case .clean: CleanFileCommand.self
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
