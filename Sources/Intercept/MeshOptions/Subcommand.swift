/// A subcommand of the command line tool.
public enum Subcommand: String, Hashable, Sendable, CaseIterable {
  case apply, print, diff, trace, guess, clean, validate, lint, ports, tcpdump, wait
  case accessLog = "access-log"
  case pcap
  case doctor, connections
  case node
}

/// The subcommands that take an option.
public struct Subcommands: OptionSet, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  private init(_ bit: UInt32) {
    rawValue = 1 << bit
  }

  public static let apply = Subcommands(0)
  public static let print = Subcommands(1)
  public static let diff = Subcommands(2)
  public static let trace = Subcommands(3)
  public static let guess = Subcommands(4)
  public static let clean = Subcommands(5)
  public static let validate = Subcommands(6)
  public static let lint = Subcommands(7)
  public static let ports = Subcommands(8)
  public static let tcpdump = Subcommands(9)
  public static let wait = Subcommands(10)
  public static let accessLog = Subcommands(11)
  public static let pcap = Subcommands(12)
  public static let doctor = Subcommands(13)
  public static let connections = Subcommands(14)
  public static let node = Subcommands(15)

  /// Every subcommand.
  public static let all: Subcommands = [
    .apply, .print, .diff, .trace, .guess, .clean, .validate, .lint, .ports, .tcpdump, .wait,
    .accessLog, .pcap,
    .doctor, .connections, .node,
  ]
  /// Those that build a configuration from the rule options.
  public static let building: Subcommands = [
    .apply, .print, .diff, .trace, .clean, .validate, .ports, .tcpdump, .doctor, .accessLog,
  ]
  /// Those that work in a network namespace.
  public static let inNamespace: Subcommands = [.building, .guess, .connections]
  /// Those that read or write the rules of a namespace, in one of the backends.
  public static let ofRules: Subcommands = [.apply, .print, .diff, .trace, .guess, .clean, .validate]
  /// Those that read the options from a pod's manifest.
  public static let ofPod: Subcommands = [.apply, .print, .diff, .trace, .doctor]
}

extension Subcommand {
  /// The subcommand as a set of one.
  public var alone: Subcommands {
    switch self {
    case .apply: .apply
    case .print: .print
    case .diff: .diff
    case .trace: .trace
    case .guess: .guess
    case .clean: .clean
    case .validate: .validate
    case .lint: .lint
    case .ports: .ports
    case .tcpdump: .tcpdump
    case .wait: .wait
    case .accessLog: .accessLog
    case .pcap: .pcap
    case .doctor: .doctor
    case .connections: .connections
    case .node: .node
    }
  }
}
