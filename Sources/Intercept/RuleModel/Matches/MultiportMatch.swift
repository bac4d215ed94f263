public import NetworkValues

/// `-m multiport`: a port among up to fifteen (`struct xt_multiport_v1`); a range takes two of the places.
public struct MultiportMatch: Hashable, Sendable {
  /// Which port of the packet is looked at.
  public enum Side: Hashable, Sendable {
    case source, destination, either
  }

  public let side: Side
  public let ports: Condition<[PortRange]>

  /// How many places the kernel's list has (`XT_MULTI_PORTS`).
  public static let places = 15

  /// Makes the match; nil if the list is empty or takes more than fifteen places.
  public init?(_ side: Side, _ ports: Condition<[PortRange]>) {
    let needed = ports.value.reduce(0) { $0 + ($1.single == nil ? 2 : 1) }
    guard (1...Self.places).contains(needed) else { return nil }
    self.side = side
    self.ports = ports
  }

  /// A packet whose destination port is neither of two.
  package static func destinationIsNeither(_ first: Port, _ second: Port) -> MultiportMatch {
    MultiportMatch(destination: .not([PortRange(first), PortRange(second)]))
  }

  private init(destination ports: Condition<[PortRange]>) {
    side = .destination
    self.ports = ports
  }
}

extension MultiportMatch: DescribedExtension {
  struct Options: ExtensionOptions {
    var source: Condition<[PortRange]>?
    var destination: Condition<[PortRange]>?
    var either: Condition<[PortRange]>?
  }

  public static let name = "multiport"
  static let syntax: [OptionSyntax<Options>] = [
    .value("--sports", "--source-ports", in: \.source, as: .portList),
    .value("--dports", "--destination-ports", in: \.destination, as: .portList),
    .value("--ports", in: \.either, as: .portList),
  ]

  var options: Options {
    switch side {
    case .source: Options(source: ports)
    case .destination: Options(destination: ports)
    case .either: Options(either: ports)
    }
  }

  var neededProtocols: [IPProtocol] { [.tcp, .udp, .udplite, .sctp, .dccp] }

  init(_ options: Options, in context: ReadingContext) throws(ExtensionProblem) {
    let given: [(side: Side, ports: Condition<[PortRange]>?)] = [
      (.source, options.source), (.destination, options.destination), (.either, options.either),
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
