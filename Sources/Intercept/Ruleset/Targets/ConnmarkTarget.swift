/// `-j CONNMARK`: moves marks between a packet and its connection (`struct xt_connmark_tginfo2`).
public enum ConnmarkTarget: Hashable, Sendable {
  /// Changes the connection's mark to `(mark & ~mask) ^ value`.
  case set(MaskedMark)
  /// Copies the packet's mark, as far as `packetMask` goes, into the connection's.
  case save(packetMask: Mark = .allBits, connectionMask: Mark = .allBits)
  /// Copies the connection's mark, as far as `connectionMask` goes, into the packet's.
  case restore(packetMask: Mark = .allBits, connectionMask: Mark = .allBits)
}

extension ConnmarkTarget: IptablesExtension {
  public static let name = "CONNMARK"
  public static let syntax: [OptionSyntax<ConnmarkTarget>] = [
    .value("--set-xmark") { if case .set(let mark) = $0 { .is(mark.fullText) } else { nil } },
    .flag("--save-mark") { if case .save = $0 { .is(true) } else { .is(false) } },
    .flag("--restore-mark") { if case .restore = $0 { .is(true) } else { .is(false) } },
    .value("--nfmask") { $0.masks.map { .is($0.packet.description) } },
    .value("--ctmask") { $0.masks.map { .is($0.connection.description) } },
  ]

  /// The masks of the operations that copy.
  private var masks: (packet: Mark, connection: Mark)? {
    switch self {
    case .set: nil
    case .save(let packet, let connection), .restore(let packet, let connection): (packet, connection)
    }
  }
}
