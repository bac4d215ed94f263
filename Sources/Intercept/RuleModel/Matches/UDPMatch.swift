public import NetworkValues

/// `-m udp`: ports of a UDP datagram (`struct xt_udp`).
///
/// A condition that every datagram fulfils, ports from 0 to 65535, is none.
public struct UDPMatch: Hashable, Sendable {
  public let source: Condition<PortRange>?
  public let destination: Condition<PortRange>?

  public init(source: Condition<PortRange>? = nil, destination: Condition<PortRange>? = nil) {
    self.source = source?.unlessEveryPort
    self.destination = destination?.unlessEveryPort
  }
}

extension UDPMatch: DescribedExtension {
  struct Options: ExtensionOptions {
    var source: Condition<PortRange>?
    var destination: Condition<PortRange>?
  }

  public static let name = "udp"
  static let syntax: [OptionSyntax<Options>] = [
    .value("--sport", "--source-port", in: \.source, as: .ports),
    .value("--dport", "--destination-port", in: \.destination, as: .ports),
  ]

  var options: Options { Options(source: source, destination: destination) }
  var neededProtocols: [IPProtocol] { [.udp] }

  init(_ options: Options, in context: ReadingContext) {
    self.init(source: options.source, destination: options.destination)
  }
}
