/// The name of a network interface: one to fifteen bytes, an `InterfacePattern` without a wildcard.
public struct InterfaceName: Hashable, Sendable {
  /// The name in the kernel's sixteen bytes (`IFNAMSIZ`), padded with NUL; the first byte is the highest.
  package let bits: UInt128

  /// The loopback interface.
  public static var loopback: InterfaceName { InterfaceName(bits: 0x6c6f << 112) }
  /// The usual name of a pod's interface.
  public static var eth0: InterfaceName { InterfaceName(bits: 0x6574_6830 << 96) }

  init(bits: UInt128) {
    self.bits = bits
  }

  package init(bytes: some Collection<UInt8>) {
    bits = UInt128(bigEndianBytes: bytes) << (8 * (16 - bytes.count))
  }
}

extension InterfaceName: LosslessStringConvertible {
  public init?(_ description: String) {
    guard InterfacePattern(description) != nil else { return nil }
    self.init(bytes: description.utf8)
  }

  public var description: String {
    String(decoding: bits.bigEndianBytes(16).prefix { $0 != 0 }, as: UTF8.self)
  }
}

/// A network interface's name, or the beginning of one: `eth0`, `veth+`.
///
/// One to fifteen bytes (`IFNAMSIZ` less the NUL) without blanks, control characters, `/` and `:`, which the kernel
/// refuses, and without quotes and backslash, which would change the syntax of a rule.
public struct InterfacePattern: Hashable, Sendable {
  /// The name as written; a trailing `+` is a wildcard.
  public let text: String

  /// Maximum length of a name, in bytes.
  public static let longest = 15

  /// The part of the name before the wildcard.
  public var stem: String { isWildcard ? String(text.dropLast()) : text }

  /// True if the pattern matches every name that begins with `stem`.
  public var isWildcard: Bool { text.utf8.last == .plus }

  /// True if the pattern matches every interface; `iptables-save` prints nothing for it.
  public var isEverything: Bool { text == "+" }

  public func matches(_ name: String) -> Bool { isWildcard ? name.hasPrefix(stem) : name == text }

  /// The loopback interface.
  public static let loopback = InterfacePattern(known: "lo")
  /// Every interface.
  package static let everything = InterfacePattern(known: "+")

  private init(known text: String) {
    self.text = text
  }
}

extension InterfacePattern: LosslessStringConvertible {
  public init?(_ description: String) {
    guard (1...Self.longest).contains(description.utf8.count), description != ".", description != "..",
      description.utf8.first != .hyphen, description != "!",
      description.utf8.allSatisfy({ $0.isNameByte && $0 != .slash && $0 != .colon })
    else { return nil }
    text = description
  }

  public var description: String { text }
}
