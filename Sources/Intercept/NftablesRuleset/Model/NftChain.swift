public import RuleModel

/// A chain of nf_tables.
public struct NftChain: Hashable, Sendable {
  public let name: String
  /// The hook of a base chain; nil for a chain that only rules call.
  public var base: NftBaseChain?
  /// The rules in the order of evaluation.
  public var rules: [NftRule]

  public init(_ name: String, base: NftBaseChain? = nil, rules: [NftRule] = []) {
    self.name = name
    self.base = base
    self.rules = rules
  }
}

/// The properties of a base chain: `type nat hook output priority -100; policy accept;`.
public struct NftBaseChain: Hashable, Sendable {
  /// The type of a base chain.
  public enum Kind: String, Hashable, Sendable {
    case filter, nat, route
  }

  /// The point of the network stack that calls the chain.
  public enum Point: Hashable, Sendable {
    /// A hook of IP (`NF_INET_*`).
    case inet(Hook)
    /// `ingress` of a device (`NF_NETDEV_INGRESS`, `NF_INET_INGRESS`), before every hook of IP.
    case ingress
    /// `egress` of a device (`NF_NETDEV_EGRESS`), after every hook of IP.
    case egress

    /// The hook's name in `nft`: `prerouting`.
    public var name: String {
      switch self {
      case .inet(let hook): hook.rawValue.lowercased()
      case .ingress: "ingress"
      case .egress: "egress"
      }
    }

    /// Reads a hook's name; nil for an unknown one.
    public init?(name: String) {
      switch name {
      case "ingress": self = .ingress
      case "egress": self = .egress
      default:
        guard let hook = Hook(rawValue: name.uppercased()), hook.rawValue.lowercased() == name else {
          return nil
        }
        self = .inet(hook)
      }
    }
  }

  public let kind: Kind
  public let point: Point
  /// The position among the chains of the hook, lower ones first (`NF_IP_PRI_*`).
  public let priority: Int32
  public var policy: Policy
  /// The devices of an ingress or egress chain.
  public let devices: [String]

  public init(
    _ kind: Kind, _ point: Point, priority: Int32, policy: Policy = .accept, devices: [String] = []
  ) {
    self.kind = kind
    self.point = point
    self.priority = priority
    self.policy = policy
    self.devices = devices
  }

  /// The hook of IP that calls the chain; nil for ingress and egress.
  public var hook: Hook? {
    switch point {
    case .inet(let hook): hook
    case .ingress, .egress: nil
    }
  }
}

/// A priority with a name, such as `dstnat` (-100) or `filter` (0).
enum NamedPriority {
  /// The value of a name in a table's family; nil for an unknown name.
  static func value(_ name: String, _ family: NftFamily) -> Int32? {
    switch family {
    case .bridge: bridge[name]
    case .ip, .ip6, .inet, .arp, .netdev: inet[name]
    }
  }

  private static let inet: [String: Int32] = [
    "raw": -300, "mangle": -150, "dstnat": -100, "filter": 0, "security": 50, "srcnat": 100,
  ]

  /// The corresponding C constants are `NF_BR_PRI_*`.
  private static let bridge: [String: Int32] = ["dstnat": -300, "filter": -200, "out": 100, "srcnat": 300]
}
