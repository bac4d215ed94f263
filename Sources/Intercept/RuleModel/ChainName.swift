/// A chain's name: of a built-in chain if it is that of a hook, else of a user-defined one.
///
/// One to twenty-eight bytes (`XT_EXTENSION_MAXNAMELEN` less the NUL), no blanks, control characters, quotes or
/// backslash, not beginning with `-` or `!`: what `iptables` takes and a line of rules can carry.
public struct ChainName: Hashable, Sendable {
  public let text: String
  /// The hook that calls the chain, if it is a built-in one.
  public let hook: Hook?

  /// Whether Istio's programs, and this one, own the chain.
  public var isIstio: Bool { text.hasPrefix("ISTIO_") }

  public init(_ hook: Hook) {
    text = hook.rawValue
    self.hook = hook
  }

  private init(known text: String) {
    self.text = text
    hook = nil
  }

  /// The built-in chain PREROUTING.
  package static let prerouting = ChainName(.prerouting)
  /// The built-in chain OUTPUT.
  package static let output = ChainName(.output)

  /// Inbound connections: what is left alone, and the rest to the proxy.
  public static let istioInbound = ChainName(known: "ISTIO_INBOUND")
  /// Sends to the proxy's inbound listener.
  public static let istioInRedirect = ChainName(known: "ISTIO_IN_REDIRECT")
  /// Outbound connections: what is left alone, and the rest to the proxy.
  public static let istioOutput = ChainName(known: "ISTIO_OUTPUT")
  /// DNS questions of the app.
  public static let istioOutputDNS = ChainName(known: "ISTIO_OUTPUT_DNS")
  /// Sends to the proxy's outbound listener.
  public static let istioRedirect = ChainName(known: "ISTIO_REDIRECT")
  /// TPROXY: packets of connections that the proxy already has.
  public static let istioDivert = ChainName(known: "ISTIO_DIVERT")
  /// TPROXY: new connections.
  public static let istioTproxy = ChainName(known: "ISTIO_TPROXY")
  /// Packets that belong to no connection.
  public static let istioDrop = ChainName(known: "ISTIO_DROP")
}

extension ChainName: LosslessStringConvertible {
  public init?(_ description: String) {
    let bytes = description.utf8
    guard (1...28).contains(bytes.count), bytes.first != UInt8(ascii: "-"), bytes.first != UInt8(ascii: "!"),
      bytes.allSatisfy(Self.isAllowed)
    else { return nil }
    text = description
    // Dumps have names by the thousand, and comparing strings is slow.
    hook = bytes.count <= 11 && bytes.allSatisfy(Self.isUpperCase) ? Hook(rawValue: description) : nil
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, 0x7f, UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): false
    default: true
    }
  }

  private static func isUpperCase(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  public var description: String { text }
}

extension ChainName {
  public static func == (left: ChainName, right: ChainName) -> Bool { left.text == right.text }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(text)
  }
}

extension ChainName: Comparable {
  /// Built-in chains first, in the order of the hooks; the others by the bytes of their names.
  public static func < (left: ChainName, right: ChainName) -> Bool {
    switch (left.hook, right.hook) {
    case (let left?, let right?): left.position < right.position
    case (_?, nil): true
    case (nil, _?): false
    case (nil, nil): left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
  }
}

extension Hook {
  fileprivate var position: Int {
    switch self {
    case .prerouting: 0
    case .input: 1
    case .forward: 2
    case .output: 3
    case .postrouting: 4
    }
  }
}
