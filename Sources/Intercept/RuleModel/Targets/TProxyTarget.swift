public import NetworkValues

/// `-j TPROXY`: delivers the unchanged packet to a listener of this host.
///
/// The corresponding C type is `struct xt_tproxy_target_info_v1`.
public struct TProxyTarget: Hashable, Sendable {
  /// The listener's port; 0 for the packet's destination port.
  public var port: Port
  /// The listener's address; unspecified for the address of the interface.
  public var address: IPAddress
  /// The mark set on the packet, which a policy rule routes to lo.
  public var mark: MaskedMark

  public init(port: Port, address: IPAddress, mark: MaskedMark) {
    self.port = port
    self.address = address
    self.mark = mark
  }
}

extension TProxyTarget: DescribedExtension {
  struct Arguments: ExtensionArguments {
    var port: Port?
    var address: IPAddress?
    var mark: MaskedMark?
  }

  public static let name = "TPROXY"
  static let syntax: [OptionSyntax<Arguments>] = [
    .value("--on-port", in: \.port, as: .port),
    .value("--on-ip", in: \.address, as: .address),
    .value("--tproxy-mark", in: \.mark, as: .markAndMask),
  ]

  var arguments: Arguments { Arguments(port: port, address: address, mark: mark) }
  var neededProtocols: [IPProtocol] { [.tcp, .udp] }

  init(_ arguments: Arguments, in context: ReadingContext) throws(ExtensionProblem) {
    guard let port = arguments.port else { throw Self.missing("--on-port") }
    self.port = port
    address = arguments.address ?? IPAddress(context.family, bits: 0)
    mark = arguments.mark ?? MaskedMark(0, mask: 0)
  }
}
