public import NetworkValues

/// `-j REDIRECT`: to a port of this host (`struct nf_nat_range2`), the packet's own where none is given.
public struct RedirectTarget: Hashable, Sendable {
  public var ports: PortRange?
  /// `--random`: the port is drawn by a keyed hash (`NF_NAT_RANGE_PROTO_RANDOM`).
  public var isRandom = false
  /// `--random-fully`: the port is drawn at random (`NF_NAT_RANGE_PROTO_RANDOM_FULLY`).
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
  struct Options: ExtensionOptions {
    var ports: PortRange?
    var isRandom = false
    var isFullyRandom = false
  }

  public static let name = "REDIRECT"
  static let syntax: [OptionSyntax<Options>] = [
    .value("--to-ports", "--to-port", in: \.ports, as: .natPorts),
    .flag("--random", in: \.isRandom),
    .flag("--random-fully", in: \.isFullyRandom),
  ]

  var options: Options { Options(ports: ports, isRandom: isRandom, isFullyRandom: isFullyRandom) }

  /// A port can only be set where the protocol has ports.
  var neededProtocols: [IPProtocol] { ports == nil ? [] : [.tcp, .udp, .sctp, .dccp, .icmp] }

  init(_ options: Options, in context: ReadingContext) {
    self.init(ports: options.ports, isRandom: options.isRandom, isFullyRandom: options.isFullyRandom)
  }
}
