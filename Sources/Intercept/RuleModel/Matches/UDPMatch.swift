public import NetworkValues

/// `-m udp`: ports of a UDP datagram.
///
/// A condition that every datagram satisfies, ports 0 to 65535, is dropped.
/// The corresponding C type is `struct xt_udp`.
public struct UDPMatch: Hashable, Sendable {
  public let source: Condition<PortRange>?
  public let destination: Condition<PortRange>?

  public init(source: Condition<PortRange>? = nil, destination: Condition<PortRange>? = nil) {
    self.source = source?.unlessEveryPort
    self.destination = destination?.unlessEveryPort
  }
}

extension UDPMatch: DescribedExtension {
  struct Arguments: ExtensionArguments {
    var source: Condition<PortRange>?
    var destination: Condition<PortRange>?
  }

  public static let name = "udp"
  static let syntax: [OptionSyntax<Arguments>] = [
    .value("--sport", "--source-port", in: \.source, as: .ports),
    .value("--dport", "--destination-port", in: \.destination, as: .ports),
  ]

  var arguments: Arguments { Arguments(source: source, destination: destination) }
  var neededProtocols: [IPProtocol] { [.udp] }

  init(_ arguments: Arguments, in context: ReadingContext) {
    self.init(source: arguments.source, destination: arguments.destination)
  }
}
