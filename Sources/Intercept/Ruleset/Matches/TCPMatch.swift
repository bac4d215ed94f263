/// `-m tcp`: ports of a TCP segment.
public struct TCPMatch: Hashable, Sendable {
  public var source: Condition<PortRange>?
  public var destination: Condition<PortRange>?

  public init(source: Condition<PortRange>? = nil, destination: Condition<PortRange>? = nil) {
    self.source = source
    self.destination = destination
  }
}

extension TCPMatch: IptablesExtension {
  public static let name = "tcp"
  public static let syntax: [OptionSyntax<TCPMatch>] = [
    .value("--sport", "--source-port") { $0.source?.map(\.text) },
    .value("--dport", "--destination-port") { $0.destination?.map(\.text) },
  ]
}
