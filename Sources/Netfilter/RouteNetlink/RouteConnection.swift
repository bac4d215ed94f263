import CNetfilter
package import Netlink
import SystemPackage

/// A connection to rtnetlink in one network namespace.
package struct RouteConnection<Transport: NetlinkTransport & ~Copyable>: ~Copyable {
  var transport: Transport

  package init(over transport: consuming Transport) { self.transport = transport }

  /// All objects of a kind.
  mutating func list<Object: DumpedObject>(
    _ what: String, request: (UInt32) -> MessageBuilder
  ) throws(NetlinkError) -> [Object] {
    try NetlinkError.naming("list \(what)") { () throws(NetlinkFailure) in
      try transport.dump(Object.self, request: request)
    }
  }

  /// Sends a change and waits for its acknowledgement.
  mutating func perform(
    _ operation: String, _ object: String, request: (UInt32) -> MessageBuilder
  ) throws(NetlinkError) {
    try NetlinkError.naming(operation, object) { () throws(NetlinkFailure) in
      let sequence = UInt32.freshSequence
      try transport.perform(request(sequence), sequence: sequence)
    }
  }

  /// Adds an object that a dump did not contain.
  ///
  /// - Returns: true if it was still missing, false if another program has added it since the dump.
  mutating func addNew(
    _ what: String, _ object: String, request: (UInt32) -> MessageBuilder
  ) throws(NetlinkError) -> Bool {
    do throws(NetlinkError) {
      try perform("add \(what)", object, request: request)
      return true
    } catch {
      guard error.failure.errno == .fileExists else { throw error }
      return false
    }
  }

  /// The index of the interface with this name.
  package mutating func interface(named name: String) throws(NetlinkError) -> InterfaceIndex {
    try link(named: name).index
  }

  /// The interface with this name.
  package mutating func link(named name: String) throws(NetlinkError) -> NetworkInterface {
    try NetlinkError.naming("find interface", name) { () throws(NetlinkFailure) in
      let sequence = UInt32.freshSequence
      let request = NetworkInterface.request(named: name, sequence)
      return try NetworkInterface(transport.ask(request, sequence: sequence))
    }
  }

  /// All interfaces, in the kernel's order.
  package mutating func interfaces() throws(NetlinkError) -> [NetworkInterface] {
    try list("interfaces") { NetworkInterface.request(named: nil, $0, .dump) }
  }
}

extension RouteConnection where Transport == NetlinkSocket {
  /// Opens a connection in the thread's network namespace.
  package static func open() throws(NetlinkError) -> Self {
    let socket = try NetlinkError.naming("talk to rtnetlink") { () throws(NetlinkFailure) in
      try NetlinkSocket.open(.route)
    }
    return Self(over: socket)
  }
}

/// IPv4 or IPv6, for rtnetlink (AF_INET, AF_INET6).
package enum AddressFamily: Hashable, Sendable, CaseIterable {
  case ipv4
  case ipv6
}

extension AddressFamily {
  /// Nil for any other family, such as that of multicast routing (RTNL_FAMILY_IPMR).
  package init?(_ number: UInt8) {
    switch Int32(number) {
    case AF_INET: self = .ipv4
    case AF_INET6: self = .ipv6
    default: return nil
    }
  }

  package var number: UInt8 {
    switch self {
    case .ipv4: UInt8(AF_INET)
    case .ipv6: UInt8(AF_INET6)
    }
  }

  /// The `ip` command's arguments.
  var option: String {
    switch self {
    case .ipv4: "-4"
    case .ipv6: "-6"
    }
  }
}

/// The index of a network interface in its namespace (`ifindex`).
package struct InterfaceIndex: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// A network interface (RTM_NEWLINK).
package struct NetworkInterface: Hashable, Sendable {
  package var index: InterfaceIndex
  package var name: String
  /// True if the interface is up (IFF_UP).
  package var isUp: Bool
}

extension NetworkInterface: DumpedObject {
  package init(_ message: NetlinkMessage) throws(NetlinkFailure) {
    let (header, attributes) = try message.body(ifinfomsg.self)
    index = InterfaceIndex(rawValue: UInt32(bitPattern: header.ifi_index))
    guard let name = attributes[IFLA_IFNAME]?.string else { throw .malformed("an interface without a name") }
    self.name = name
    isUp = header.ifi_flags & UInt32(IFF_UP) != 0
  }

  /// A request for the named interface, or for all if nil.
  static func request(
    named name: String?, _ sequence: UInt32, _ flags: NetlinkFlags = NetlinkFlags()
  ) -> MessageBuilder {
    var request = MessageBuilder(type: UInt16(RTM_GETLINK), flags: flags, sequence: sequence)
    request.put(header: ifinfomsg())
    if let name { request.put(IFLA_IFNAME, bytes: (Array(name.utf8) + [0])[...]) }
    return request
  }
}
