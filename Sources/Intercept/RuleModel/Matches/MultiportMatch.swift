public import NetworkValues

/// `-m multiport`: a list of up to fifteen ports; a range takes two places.
///
/// The corresponding C type is `struct xt_multiport_v1`.
public struct MultiportMatch: Hashable, Sendable {
  /// The port of the packet that is compared.
  public enum Side: Hashable, Sendable {
    case source, destination, either
  }

  public let side: Side
  public let ports: Condition<[PortRange]>

  /// Number of places in the kernel's list (`XT_MULTI_PORTS`).
  public static let places = 15

  /// Makes the match; nil if the list is empty or takes more than fifteen places.
  public init?(_ side: Side, _ ports: Condition<[PortRange]>) {
    let needed = ports.value.reduce(0) { $0 + ($1.single == nil ? 2 : 1) }
    guard (1...Self.places).contains(needed) else { return nil }
    self.side = side
    self.ports = ports
  }

  /// Matches packets whose destination port is neither of two.
  package static func destinationIsNeither(_ first: Port, _ second: Port) -> MultiportMatch {
    MultiportMatch(destination: .not([PortRange(first), PortRange(second)]))
  }

  private init(destination ports: Condition<[PortRange]>) {
    side = .destination
    self.ports = ports
  }
}

extension MultiportMatch: DescribedExtension {
  struct Arguments: ExtensionArguments {
    var source: Condition<[PortRange]>?
    var destination: Condition<[PortRange]>?
    var either: Condition<[PortRange]>?
  }

  public static let name = "multiport"
  static let syntax: [OptionSyntax<Arguments>] = [
    .value("--sports", "--source-ports", in: \.source, as: .portList),
    .value("--dports", "--destination-ports", in: \.destination, as: .portList),
    .value("--ports", in: \.either, as: .portList),
  ]

  var arguments: Arguments {
    switch side {
    case .source: Arguments(source: ports)
    case .destination: Arguments(destination: ports)
    case .either: Arguments(either: ports)
    }
  }

  var neededProtocols: [IPProtocol] { [.tcp, .udp, .udplite, .sctp, .dccp] }

  init(_ arguments: Arguments, in context: ReadingContext) throws(ExtensionProblem) {
    let given: [(side: Side, ports: Condition<[PortRange]>?)] = [
      (.source, arguments.source), (.destination, arguments.destination), (.either, arguments.either),
    ]
    let lists = given.compactMap { side, ports in ports.map { (side: side, ports: $0) } }
    guard let list = lists.first else { throw Self.missing("--sports", "--dports", "--ports") }
    guard lists.count == 1 else { throw .because("'-m multiport' takes one list of ports") }
    guard let match = MultiportMatch(list.side, list.ports) else {
      throw .because("'-m multiport' holds \(Self.places) ports, a range counting as two")
    }
    self = match
  }
}
