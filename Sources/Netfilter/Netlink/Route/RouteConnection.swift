import CNetfilter
import SystemPackage

/// A conversation with the kernel about addresses and routes of one network namespace.
package struct RouteConnection<Transport: NetlinkTransport & ~Copyable>: ~Copyable {
  private var transport: Transport

  package init(over transport: consuming Transport) { self.transport = transport }

  /// Everything of a kind that the kernel lists.
  mutating func list<Object: DumpedObject>(
    _ what: String, request: (UInt32) -> MessageBuilder
  ) throws(NetlinkError) -> [Object] {
    try NetlinkError.naming("list \(what)") { () throws(NetlinkFailure) in
      try transport.dump(Object.self, request: request)
    }
  }

  /// Changes something and waits until the kernel says it is done.
  mutating func perform(
    _ operation: String, _ object: String, request: (UInt32) -> MessageBuilder
  ) throws(NetlinkError) {
    try NetlinkError.naming(operation, object) { () throws(NetlinkFailure) in
      let sequence = UInt32.freshSequence
      try transport.perform(request(sequence), sequence: sequence)
    }
  }

  /// Adds something that was not there a moment ago.
  ///
  /// - Returns: whether it was still missing, and not added by somebody else meanwhile.
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

  /// The number of the interface with this name.
  package mutating func interface(named name: String) throws(NetlinkError) -> InterfaceIndex {
    try NetlinkError.naming("find interface", name) { () throws(NetlinkFailure) in
      let sequence = UInt32.freshSequence
      let request = InterfaceName.request(named: name, [.request], sequence)
      return try InterfaceName(transport.ask(request, sequence: sequence)).index
    }
  }

  /// All interfaces, in the kernel's order.
  package mutating func interfaces() throws(NetlinkError) -> [InterfaceName] {
    try list("interfaces") { InterfaceName.request(named: nil, [.request, .dump], $0) }
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
