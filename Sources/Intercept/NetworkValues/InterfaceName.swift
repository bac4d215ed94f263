/// The name of one network interface: one to fifteen bytes, as `InterfacePattern` without the wildcard.
public struct InterfaceName: Hashable, Sendable {
  /// The name as the kernel keeps it, in sixteen bytes filled up with NUL (`IFNAMSIZ`); the first is the highest.
  package let bits: UInt128

  /// The loopback interface.
  public static var loopback: InterfaceName { InterfaceName(bits: 0x6c6f << 112) }
  /// What a pod's interface is called nearly everywhere.
  public static var eth0: InterfaceName { InterfaceName(bits: 0x6574_6830 << 96) }

  init(bits: UInt128) {
    self.bits = bits
  }

  package init(bytes: some Collection<UInt8>) {
    bits = bytes.reduce(0) { $0 << 8 | UInt128($1) } << (8 * (16 - bytes.count))
  }
}

extension InterfaceName: LosslessStringConvertible {
  public init?(_ description: String) {
    guard InterfacePattern(description) != nil else { return nil }
    self.init(bytes: description.utf8)
  }

  public var description: String {
    let bytes = stride(from: 120, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bits >> $0) }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
