public import NetworkValues

/// What names in rules stand for: services, users, groups and protocols.
///
/// iptables asks the system; this library does no I/O, so the caller may bring what it knows of the system.
/// `iptables-save` prints numbers, so that names come up in rules that people wrote.
public struct NameResolver: Sendable {
  /// The port of a service, given the protocol that the rule names with `-p`.
  public var port: @Sendable (_ service: String, _ proto: IPProtocol?) -> Port?
  public var user: @Sendable (_ name: String) -> UserID?
  public var group: @Sendable (_ name: String) -> GroupID?
  /// The number of a protocol that iptables itself has no name for.
  public var proto: @Sendable (_ name: String) -> IPProtocol?

  public init(
    port: @escaping @Sendable (_ service: String, _ proto: IPProtocol?) -> Port?,
    user: @escaping @Sendable (_ name: String) -> UserID?,
    group: @escaping @Sendable (_ name: String) -> GroupID?,
    proto: @escaping @Sendable (_ name: String) -> IPProtocol?
  ) {
    self.port = port
    self.user = user
    self.group = group
    self.proto = proto
  }

  /// The names that mean the same on every system: well-known services and protocols, and root.
  public static let wellKnown = NameResolver(
    port: { service, _ in wellKnownServices[service].map(Port.init(rawValue:)) },
    user: { $0 == "root" ? UserID(rawValue: 0) : nil },
    group: { $0 == "root" ? GroupID(rawValue: 0) : nil },
    proto: { wellKnownProtocols[$0].map(IPProtocol.init(rawValue:)) }
  )
}

extension IPProtocol {
  /// Reads a protocol as `-p` takes it: a number, or a name in letters of either case.
  package init?(_ text: String, names: NameResolver) {
    if let number = UInt8(cText: text) {
      self.init(rawValue: number)
    } else if let known = Self.spellings[text] ?? Self.spellings[text.lowercased()] {
      self = known
    } else if let known = names.proto(text.lowercased()) {
      self = known
    } else {
      return nil
    }
  }

  /// The names iptables has for protocols; several may mean the same one.
  private static let spellings: [String: IPProtocol] = {
    var spellings = Dictionary(uniqueKeysWithValues: names.map { ($0.value, IPProtocol(rawValue: $0.key)) })
    spellings["all"] = .any
    spellings["icmpv6"] = .icmpv6
    spellings["mh"] = IPProtocol(rawValue: 135)
    spellings["ipv6-mh"] = IPProtocol(rawValue: 135)
    return spellings
  }()
}
