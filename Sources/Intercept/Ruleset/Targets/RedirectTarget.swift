/// `-j REDIRECT`: to a port of this host (`struct nf_nat_range2`), the packet's own where none is given.
public struct RedirectTarget: Hashable, Sendable {
  public var ports: PortRange?

  public init(to port: Port) {
    ports = PortRange(port)
  }

  public init(ports: PortRange?) {
    self.ports = ports
  }
}

extension RedirectTarget: IptablesExtension {
  public static let name = "REDIRECT"
  public static let syntax: [OptionSyntax<RedirectTarget>] = [
    .value("--to-ports", "--to-port") { $0.ports.map { .is($0.rangeText) } }
  ]
}

extension PortRange {
  /// The range as NAT targets write it: `15001` or `8000-8100`.
  var rangeText: String { single.map(\.description) ?? "\(lowerBound)-\(upperBound)" }
}
