import CNetfilter
import Netlink

/// The family of a table (`nfgen_family`, NFPROTO_*).
package struct TableFamily: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }
  private init(_ constant: Int) { rawValue = UInt8(truncatingIfNeeded: constant) }

  /// Every family, in a dump request.
  package static var any: Self { Self(NFPROTO_UNSPEC) }
  package static var inet: Self { Self(NFPROTO_INET) }
  package static var ip: Self { Self(NFPROTO_IPV4) }
  package static var ip6: Self { Self(NFPROTO_IPV6) }
}

extension TableFamily: CustomStringConvertible {
  /// The name in `nft` syntax.
  package var description: String {
    switch self {
    case .any: "any"
    case .inet: "inet"
    case .ip: "ip"
    case .ip6: "ip6"
    case Self(NFPROTO_ARP): "arp"
    case Self(NFPROTO_NETDEV): "netdev"
    case Self(NFPROTO_BRIDGE): "bridge"
    default: "family \(rawValue)"
    }
  }
}

/// The kernel's number of a table, chain, rule or set, unique within its table.
package struct Handle: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }
}

extension MessageBuilder {
  /// Writes the name of a table, chain or set.
  ///
  /// - Throws: ``NetlinkFailure/inexpressible(_:)`` if the name is empty, exceeds the kernel's limit, or holds a NUL,
  ///   which would truncate it.
  mutating func put(_ type: some RawRepresentable<UInt32>, name: String) throws(NetlinkFailure) {
    guard !name.isEmpty else { throw .inexpressible("a name is empty") }
    guard name.utf8.count < NFT_NAME_MAXLEN else {
      throw .inexpressible("the name \"\(name)\" is longer than \(NFT_NAME_MAXLEN - 1) bytes")
    }
    guard !name.utf8.contains(0) else { throw .inexpressible("the name \"\(name)\" holds a NUL") }
    put(type, string: name)
  }

  /// Writes the user data of a rule, set or element, unless it is empty.
  ///
  /// - Throws: ``NetlinkFailure/inexpressible(_:)`` if it exceeds the kernel's limit.
  mutating func put(_ type: some RawRepresentable<UInt32>, userdata: [UInt8]) throws(NetlinkFailure) {
    guard !userdata.isEmpty else { return }
    guard userdata.count <= NFT_USERDATA_MAXLEN else {
      throw .inexpressible("user data of \(userdata.count) bytes, the limit is \(NFT_USERDATA_MAXLEN)")
    }
    put(type, bytes: userdata[...])
  }
}
