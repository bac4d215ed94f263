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

extension TProxyTarget: IptablesExtension {
  public static let name = "TPROXY"
  public static let syntax: [OptionSyntax<TProxyTarget>] = [
    .value("--on-port") { .is($0.port.description) },
    .value("--on-ip") { .is($0.address.description) },
    .value("--tproxy-mark") { .is($0.mark.fullText) },
  ]
}
