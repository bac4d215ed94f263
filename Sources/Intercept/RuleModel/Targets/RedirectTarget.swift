public import NetworkValues

/// `-j REDIRECT`: redirects to this host, to the given ports or the packet's own port.
///
/// The corresponding C type is `struct nf_nat_range2`.
public struct RedirectTarget: Hashable, Sendable {
  public var ports: PortRange?
  /// `--random`: a keyed hash selects the port (`NF_NAT_RANGE_PROTO_RANDOM`).
  public var isRandom = false
  /// `--random-fully`: the port is random (`NF_NAT_RANGE_PROTO_RANDOM_FULLY`).
  public var isFullyRandom = false

  public init(to port: Port) {
    ports = PortRange(port)
  }

  public init(ports: PortRange?, isRandom: Bool = false, isFullyRandom: Bool = false) {
    self.ports = ports
    self.isRandom = isRandom
    self.isFullyRandom = isFullyRandom
  }
}

extension RedirectTarget: DescribedExtension {
  struct Arguments: ExtensionArguments {
    var ports: PortRange?
    var isRandom = false
    var isFullyRandom = false
  }

  public static let name = "REDIRECT"
  static let syntax: [OptionSyntax<Arguments>] = [
    .value("--to-ports", "--to-port", in: \.ports, as: .natPorts),
    .flag("--random", in: \.isRandom),
    .flag("--random-fully", in: \.isFullyRandom),
  ]

  var arguments: Arguments { Arguments(ports: ports, isRandom: isRandom, isFullyRandom: isFullyRandom) }

  /// The protocols with ports, which `--to-ports` needs.
  var neededProtocols: [IPProtocol] { ports == nil ? [] : [.tcp, .udp, .sctp, .dccp, .icmp] }

  init(_ arguments: Arguments, in context: ReadingContext) {
    self.init(ports: arguments.ports, isRandom: arguments.isRandom, isFullyRandom: arguments.isFullyRandom)
  }
}
