/// A network interface's name, or the beginning of one: `eth0`, `veth+`.
///
/// One to fifteen bytes (`IFNAMSIZ` less the NUL) without blanks, control characters, `/`, `:`, quotes or
/// backslash: what the kernel refuses in a name, and what would change the shape of a line of rules.
public struct InterfacePattern: Hashable, Sendable {
  /// The name as written, a trailing `+` standing for any ending.
  public let text: String

  /// The longest name the kernel takes, in bytes.
  public static let longest = 15

  /// The part of the name that is compared, without the wildcard.
  public var stem: String { isWildcard ? String(text.dropLast()) : text }

  /// Whether any name that begins with `stem` is meant.
  public var isWildcard: Bool { text.utf8.last == UInt8(ascii: "+") }

  /// Whether every interface is meant; `iptables` prints nothing for it.
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
      description.utf8.first != UInt8(ascii: "-"), description != "!",
      description.utf8.allSatisfy(Self.isAllowed)
    else { return nil }
    text = description
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte != 0x7f && !#"/:"'\"#.utf8.contains(byte)
  }

  public var description: String { text }
}
