/// An interface of a capture.
///
/// The corresponding block of pcapng is the Interface Description Block.
package struct CaptureInterface: Hashable, Sendable {
  package let linkType: LinkType
  /// Greatest number of captured bytes of a packet; 0 for no limit.
  package let snapLength: UInt32
  /// Its name (`if_name`); empty if the capture does not have it.
  package let name: [UInt8]

  package init(linkType: LinkType, snapLength: UInt32 = 0, name: [UInt8] = []) {
    (self.linkType, self.snapLength, self.name) = (linkType, snapLength, name)
  }
}

/// A captured packet.
package struct CapturedPacket: Hashable, Sendable {
  /// Number of its interface, from 0, over all sections of the capture.
  package let interface: Int
  package let linkType: LinkType
  /// Nanoseconds since 1970.
  package let time: UInt64
  /// Length of the packet on the network; more than `bytes` has if it was cut.
  package let originalLength: UInt32
  /// The captured bytes, from the link layer on.
  package var bytes: [UInt8]
  /// Comments (`opt_comment`), UTF-8.
  package var comments: [[UInt8]] = []
  /// Link-layer flags (`epb_flags`), such as the direction.
  package var flags: UInt32?

  package init(
    interface: Int = 0, linkType: LinkType, time: UInt64 = 0, originalLength: UInt32? = nil, bytes: [UInt8]
  ) {
    (self.interface, self.linkType, self.time) = (interface, linkType, time)
    self.originalLength = originalLength ?? UInt32(truncatingIfNeeded: bytes.count)
    self.bytes = bytes
  }
}

/// A link-layer type, as <https://www.tcpdump.org/linktypes.html> numbers them.
package struct LinkType: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  package static let null = LinkType(rawValue: 0)
  package static let ethernet = LinkType(rawValue: 1)
  package static let raw = LinkType(rawValue: 101)
  package static let loop = LinkType(rawValue: 108)
  package static let linuxCooked = LinkType(rawValue: 113)
  package static let ipv4 = LinkType(rawValue: 228)
  package static let ipv6 = LinkType(rawValue: 229)
  package static let linuxCooked2 = LinkType(rawValue: 276)

  /// Position of the IP header; nil for a packet of another protocol or of an unknown link layer.
  func networkHeader(in bytes: [UInt8]) -> Int? {
    switch self {
    case .null, .loop: 4
    case .raw, .ipv4, .ipv6, LinkType(rawValue: 12), LinkType(rawValue: 14): 0
    case .linuxCooked: Self.isIP(bytes, etherType: 14) ? 16 : nil
    case .linuxCooked2: Self.isIP(bytes, etherType: 0) ? 20 : nil
    case .ethernet: Self.ethernetPayload(bytes)
    default: nil
    }
  }

  private static func isIP(_ bytes: [UInt8], etherType position: Int) -> Bool {
    bytes.count >= position + 2 && [0x0800, 0x86dd].contains(ByteOrder.big.uint16(bytes, position))
  }

  /// The payload after at most two VLAN tags.
  private static func ethernetPayload(_ bytes: [UInt8]) -> Int? {
    for position in [12, 16, 20] {
      if isIP(bytes, etherType: position) { return position + 2 }
      guard bytes.count >= position + 2,
        [0x8100, 0x88a8, 0x9100].contains(ByteOrder.big.uint16(bytes, position))
      else { return nil }
    }
    return nil
  }
}
