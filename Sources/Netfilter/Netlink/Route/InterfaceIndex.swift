import CNetfilter

/// The number of a network interface in its namespace.
package struct InterfaceIndex: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// An interface: its number and its name.
package struct InterfaceName: Hashable, Sendable {
  package var index: InterfaceIndex
  package var name: String
}

extension InterfaceName: DumpedObject {
  package init(_ message: NetlinkMessage) throws(NetlinkFailure) {
    let (header, attributes) = try message.body(ifinfomsg.self)
    index = InterfaceIndex(rawValue: UInt32(bitPattern: header.ifi_index))
    guard let name = attributes[IFLA_IFNAME]?.string else { throw .malformed("an interface without a name") }
    self.name = name
  }

  /// Asks for one interface if named, for all otherwise.
  static func request(named name: String?, _ flags: NetlinkFlags, _ sequence: UInt32) -> MessageBuilder {
    var request = MessageBuilder(type: UInt16(RTM_GETLINK), flags: flags, sequence: sequence)
    request.put(header: ifinfomsg())
    if let name { request.put(IFLA_IFNAME, bytes: Array(name.utf8) + [0]) }
    return request
  }
}
