public import NetworkValues

/// `-j TPROXY`: hands the packet, as it is, to a listener of this host (`struct xt_tproxy_target_info_v1`).
public struct TProxyTarget: Hashable, Sendable {
  /// The listener's port; 0 for the packet's own.
  public var port: Port
  /// The listener's address; the unspecified one for the address of the interface.
  public var address: IPAddress
  /// The mark the packet gets, which the policy route looks for.
  public var mark: MaskedMark

  public init(port: Port, address: IPAddress, mark: MaskedMark) {
    self.port = port
    self.address = address
    self.mark = mark
  }
}

extension TProxyTarget: DescribedExtension {
  struct Options: ExtensionOptions {
    var port: Port?
    var address: IPAddress?
    var mark: MaskedMark?
  }

  public static let name = "TPROXY"
  static let syntax: [OptionSyntax<Options>] = [
    .value("--on-port", in: \.port, as: .port),
    .value("--on-ip", in: \.address, as: .address),
    .value("--tproxy-mark", in: \.mark, as: .markAndMask),
  ]

  var options: Options { Options(port: port, address: address, mark: mark) }
  var neededProtocols: [IPProtocol] { [.tcp, .udp] }

  init(_ options: Options, in context: ReadingContext) throws(ExtensionProblem) {
    guard let port = options.port else { throw Self.missing("--on-port") }
    self.port = port
    address = options.address ?? IPAddress(context.family, bits: 0)
    mark = options.mark ?? MaskedMark(0, mask: 0)
  }
}
