import NetworkValues

/// A netfilter hook: a point of the network stack that calls chains.
///
/// The corresponding C constants are `NF_INET_*`.
public enum Hook: String, Hashable, Sendable, CaseIterable {
  case prerouting = "PREROUTING"
  case input = "INPUT"
  case forward = "FORWARD"
  case output = "OUTPUT"
  case postrouting = "POSTROUTING"
}

/// The verdict on packets that reach the end of a built-in chain.
public enum Policy: String, Hashable, Sendable {
  case accept = "ACCEPT"
  case drop = "DROP"
}

/// A chain: rules that are evaluated in order.
public struct Chain: Hashable, Sendable {
  public let name: ChainName
  /// The verdict at the chain's end; unused in a user-defined chain, which returns there.
  public let policy: Policy
  public var rules: [Rule]

  public init(_ name: ChainName, policy: Policy = .accept, rules: [Rule] = []) {
    self.name = name
    self.policy = policy
    self.rules = rules
  }

  /// True for a built-in chain in the kernel's initial state.
  var isDefault: Bool { name.hook != nil && policy == .accept && rules.isEmpty }
}

/// A chain's name. The names of hooks are those of built-in chains, all others of user-defined chains.
///
/// One to twenty-eight bytes (`XT_EXTENSION_MAXNAMELEN` less the NUL) without blanks, control characters, quotes and
/// backslash, not beginning with `-` or `!`.
public struct ChainName: Hashable, Sendable {
  public let text: String
  /// The hook that calls a built-in chain; nil for a user-defined chain.
  public let hook: Hook?

  /// True for the chains that Istio's programs and this one own.
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

  /// Inbound connections: exclusions, then capture.
  public static let istioInbound = ChainName(known: "ISTIO_INBOUND")
  /// Redirection to the proxy's inbound listener.
  public static let istioInRedirect = ChainName(known: "ISTIO_IN_REDIRECT")
  /// Outbound connections: exclusions, then capture.
  public static let istioOutput = ChainName(known: "ISTIO_OUTPUT")
  /// DNS queries of the app.
  public static let istioOutputDNS = ChainName(known: "ISTIO_OUTPUT_DNS")
  /// Redirection to the proxy's outbound listener.
  public static let istioRedirect = ChainName(known: "ISTIO_REDIRECT")
  /// TPROXY: packets of established connections of the proxy.
  public static let istioDivert = ChainName(known: "ISTIO_DIVERT")
  /// TPROXY: new connections.
  public static let istioTproxy = ChainName(known: "ISTIO_TPROXY")
  /// Packets in conntrack state INVALID.
  public static let istioDrop = ChainName(known: "ISTIO_DROP")
  /// Ambient mode: inbound connections of a pod.
  public static let istioPrerouting = ChainName(known: "ISTIO_PRERT")
  /// Ambient mode: connections of the node's processes to pods.
  public static let istioPostrouting = ChainName(known: "ISTIO_POSTRT")
}

extension ChainName: LosslessStringConvertible {
  public init?(_ description: String) {
    let bytes = description.utf8
    guard (1...28).contains(bytes.count), bytes.first != .hyphen, bytes.first != .exclamationMark,
      bytes.allSatisfy(\.isNameByte)
    else { return nil }
    text = description
    // Dumps have thousands of names, and comparing strings is slow.
    hook = bytes.count <= 11 && bytes.allSatisfy(\.isUppercase) ? Hook(rawValue: description) : nil
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
