public import NetworkValues

/// Resolves the names in rules: services, users, groups and protocols.
///
/// iptables asks the system. This library does no I/O, so the caller provides the lookups. Names occur in hand-written
/// rules; `iptables-save` prints numbers.
public struct NameResolver: Sendable {
  /// The port of a service, given the protocol of the rule's `-p`.
  public var port: @Sendable (_ service: String, _ proto: IPProtocol?) -> Port?
  public var user: @Sendable (_ name: String) -> UserID?
  public var group: @Sendable (_ name: String) -> GroupID?
  /// The number of a protocol whose name is not built into iptables.
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

  /// The names that are the same on every system: well-known services and protocols, and root.
  public static let wellKnown = NameResolver(
    port: { service, _ in wellKnownServices[service].map(Port.init(rawValue:)) },
    user: { $0 == "root" ? UserID(rawValue: 0) : nil },
    group: { $0 == "root" ? GroupID(rawValue: 0) : nil },
    proto: { wellKnownProtocols[$0].map(IPProtocol.init(rawValue:)) }
  )
}

extension IPProtocol {
  /// Reads a protocol as `-p` does: a number, or a name in letters of either case.
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

  /// The protocol names that are built into iptables; a protocol may have several.
  private static let spellings: [String: IPProtocol] = {
    var spellings = Dictionary(uniqueKeysWithValues: names.map { ($0.value, IPProtocol(rawValue: $0.key)) })
    spellings["all"] = .any
    spellings["icmpv6"] = .icmpv6
    spellings["mh"] = IPProtocol(rawValue: 135)
    spellings["ipv6-mh"] = IPProtocol(rawValue: 135)
    return spellings
  }()
}

/// The context that the meaning of an option depends on: the family, the resolver of names, and the rule's protocol.
package struct ReadingContext: Sendable {
  private let storage: Storage
  /// The protocol of the rule's `-p`, as far as it has been read.
  package var proto: Condition<IPProtocol>?

  package init(family: IPFamily, names: NameResolver) {
    storage = Storage(family: family, names: names)
  }

  package var family: IPFamily { storage.family }
  package var names: NameResolver { storage.names }

  /// The values that all rules have in common: shared, since a context is made for each rule.
  private final class Storage: Sendable {
    let family: IPFamily
    let names: NameResolver

    init(family: IPFamily, names: NameResolver) {
      self.family = family
      self.names = names
    }
  }
}

/// Services by their usual names in /etc/services.
private let wellKnownServices: [String: UInt16] = [
  "tcpmux": 1, "echo": 7, "discard": 9, "systat": 11, "daytime": 13, "netstat": 15, "qotd": 17, "chargen": 19,
  "ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "mail": 25, "time": 37, "whois": 43,
  "tacacs": 49, "domain": 53, "bootps": 67, "bootpc": 68, "tftp": 69, "gopher": 70, "finger": 79, "http": 80,
  "www": 80, "kerberos": 88, "pop3": 110, "pop-3": 110, "sunrpc": 111, "portmapper": 111, "auth": 113,
  "ident": 113, "nntp": 119, "ntp": 123, "epmap": 135, "netbios-ns": 137, "netbios-dgm": 138,
  "netbios-ssn": 139, "imap2": 143, "imap": 143, "snmp": 161, "snmp-trap": 162, "snmptrap": 162, "xdmcp": 177,
  "bgp": 179, "irc": 194, "ldap": 389, "https": 443, "snpp": 444, "microsoft-ds": 445, "kpasswd": 464,
  "submissions": 465, "ssmtp": 465, "smtps": 465, "urd": 465, "isakmp": 500, "exec": 512, "biff": 512,
  "login": 513, "who": 513, "shell": 514, "syslog": 514, "printer": 515, "talk": 517, "ntalk": 518,
  "route": 520, "router": 520, "dhcpv6-client": 546, "dhcpv6-server": 547, "rtsp": 554, "nntps": 563,
  "submission": 587, "ipp": 631, "ldaps": 636, "domain-s": 853, "rsync": 873, "ftps-data": 989, "ftps": 990,
  "telnets": 992, "imaps": 993, "pop3s": 995, "socks": 1080, "openvpn": 1194, "ms-sql-s": 1433,
  "ms-sql-m": 1434, "l2f": 1701, "l2tp": 1701, "radius": 1812, "radius-acct": 1813, "nfs": 2049,
  "zookeeper": 2181, "etcd-client": 2379, "etcd-server": 2380, "mysql": 3306, "ms-wbt-server": 3389,
  "nut": 3493, "svn": 3690, "epmd": 4369, "ipsec-nat-t": 4500, "sip": 5060, "sip-tls": 5061,
  "xmpp-client": 5222, "xmpp-server": 5269, "mdns": 5353, "postgresql": 5432, "amqps": 5671, "amqp": 5672,
  "x11": 6000, "redis": 6379, "http-alt": 8080, "webcache": 8080, "https-alt": 8443, "git": 9418,
]

/// Protocols by their usual names in /etc/protocols, without those that are built into iptables.
private let wellKnownProtocols: [String: UInt8] = [
  "ip": 0, "hopopt": 0, "igmp": 2, "ggp": 3, "ipencap": 4, "ipv4": 4, "st": 5, "egp": 8, "igp": 9, "pup": 12,
  "hmp": 20, "xns-idp": 22, "rdp": 27, "iso-tp4": 29, "xtp": 36, "ddp": 37, "idpr-cmtp": 38, "ipv6": 41,
  "ipv6-route": 43, "ipv6-frag": 44, "idrp": 45, "rsvp": 46, "gre": 47, "skip": 57, "ipv6-nonxt": 59,
  "ipv6-opts": 60, "rspf": 73, "vmtp": 81, "eigrp": 88, "ospf": 89, "ospfigp": 89, "ax.25": 93, "ipip": 94,
  "etherip": 97, "encap": 98, "pim": 103, "vrrp": 112, "l2tp": 115, "isis": 124, "fc": 133, "manet": 138,
  "hip": 139, "shim6": 140, "wesp": 141, "rohc": 142, "ethernet": 143,
]
