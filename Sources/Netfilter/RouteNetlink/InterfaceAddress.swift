import CNetfilter
package import Netlink

/// An address of an interface (`struct ifaddrmsg`).
package struct InterfaceAddress: Hashable, Sendable {
  package var family: AddressFamily
  /// Four or sixteen bytes in network order.
  package var bytes: [UInt8]
  /// In bits.
  package var prefixLength: UInt8
  package var scope: Scope
  package var flags: Flags
  package var interface: InterfaceIndex

  package init(
    _ family: AddressFamily, _ bytes: [UInt8], prefixLength: UInt8, scope: Scope = .global,
    flags: Flags = [], on interface: InterfaceIndex
  ) {
    self.family = family
    self.bytes = bytes
    self.prefixLength = prefixLength
    self.scope = scope
    self.flags = flags
    self.interface = interface
  }

  /// The scope of the address (`enum rt_scope_t`).
  package struct Scope: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    private init(_ scope: rt_scope_t) { rawValue = UInt8(truncatingIfNeeded: scope.rawValue) }
    package static let global = Self(RT_SCOPE_UNIVERSE)
    package static let link = Self(RT_SCOPE_LINK)
    package static let host = Self(RT_SCOPE_HOST)
  }

  /// IFA_F_*.
  package struct Flags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let permanent = Self(rawValue: UInt32(IFA_F_PERMANENT))
    package static let tentative = Self(rawValue: UInt32(IFA_F_TENTATIVE))
  }
}

extension InterfaceAddress: DumpedObject {
  package init(_ message: NetlinkMessage) throws(NetlinkFailure) {
    let (header, attributes) = try message.body(ifaddrmsg.self)
    // On a point-to-point link IFA_ADDRESS is the peer's address.
    guard let family = AddressFamily(header.ifa_family),
      let address = attributes[IFA_LOCAL] ?? attributes[IFA_ADDRESS]
    else { throw .malformed("an address of family \(header.ifa_family) without an address") }
    self.init(
      family, address.bytes, prefixLength: header.ifa_prefixlen, scope: Scope(rawValue: header.ifa_scope),
      // The header has only eight of the flags.
      flags: Flags(rawValue: attributes[IFA_FLAGS]?.host32 ?? UInt32(header.ifa_flags)),
      on: InterfaceIndex(rawValue: header.ifa_index))
  }
}

extension InterfaceAddress {
  func request(_ type: Int, _ flags: NetlinkFlags, _ sequence: UInt32) -> MessageBuilder {
    var request = MessageBuilder(type: UInt16(type), flags: flags, sequence: sequence)
    let header = ifaddrmsg(
      ifa_family: family.number, ifa_prefixlen: prefixLength, ifa_flags: 0, ifa_scope: scope.rawValue,
      ifa_index: interface.rawValue)
    request.put(header: header)
    request.put(IFA_LOCAL, bytes: bytes[...])
    request.put(IFA_ADDRESS, bytes: bytes[...])
    return request
  }

  /// True if the kernel treats both as the same address of the same interface.
  package func isSame(as other: Self) -> Bool {
    bytes == other.bytes && prefixLength == other.prefixLength && interface == other.interface
  }
}

extension InterfaceAddress {
  /// The address with its prefix, for errors: "10.1.2.3/24", "0:0:0:0:0:0:0:6/128".
  var label: String { "\(family == .ipv4 ? dotted : grouped)/\(prefixLength)" }

  private var dotted: String { bytes.map(\.description).joined(separator: ".") }

  private var grouped: String {
    let pairs = stride(from: 0, to: bytes.count - 1, by: 2)
    return pairs.map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }.joined(
      separator: ":")
  }
}

extension RouteConnection where Transport: ~Copyable {
  /// The addresses of all interfaces in the kernel's order, IPv4 before IPv6.
  package mutating func addresses() throws(NetlinkError) -> [InterfaceAddress] {
    try list("addresses") { sequence in
      var request = MessageBuilder(type: UInt16(RTM_GETADDR), flags: .dump, sequence: sequence)
      request.put(header: ifaddrmsg())
      return request
    }
  }

  /// Adds an address to an interface.
  ///
  /// - Returns: true if the interface did not have it before.
  @discardableResult
  package mutating func add(_ address: InterfaceAddress) throws(NetlinkError) -> Bool {
    if try addresses().contains(where: address.isSame) { return false }
    return try addNew("address", address.label) { sequence in
      address.request(RTM_NEWADDR, [.acknowledge, .create, .exclusive], sequence)
    }
  }

  /// Removes an address from an interface.
  ///
  /// - Returns: true if the interface had it.
  @discardableResult
  package mutating func delete(_ address: InterfaceAddress) throws(NetlinkError) -> Bool {
    guard try addresses().contains(where: address.isSame) else { return false }
    try perform("delete address", address.label) { sequence in
      address.request(RTM_DELADDR, .acknowledge, sequence)
    }
    return true
  }
}
