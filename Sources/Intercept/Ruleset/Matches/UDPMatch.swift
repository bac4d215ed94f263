/// `-m udp`: ports of a UDP datagram.
public struct UDPMatch: Hashable, Sendable {
  public var source: Condition<PortRange>?
  public var destination: Condition<PortRange>?

  public init(source: Condition<PortRange>? = nil, destination: Condition<PortRange>? = nil) {
    self.source = source
    self.destination = destination
  }
}

extension UDPMatch: IptablesExtension {
  public static let name = "udp"
  public static let syntax: [OptionSyntax<UDPMatch>] = [
    .value("--sport", "--source-port") { $0.source?.map(\.text) },
    .value("--dport", "--destination-port") { $0.destination?.map(\.text) },
  ]
}
