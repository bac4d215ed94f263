import CNetfilter

extension RouteConnection where Transport: ~Copyable {
  /// The addresses of all interfaces in the kernel's order: IPv4 first, then IPv6.
  package mutating func addresses() throws(NetlinkError) -> [InterfaceAddress] {
    try list("addresses") { sequence in
      var request = MessageBuilder(type: UInt16(RTM_GETADDR), flags: [.request, .dump], sequence: sequence)
      request.put(header: ifaddrmsg())
      return request
    }
  }

  /// Gives an interface an address.
  ///
  /// - Returns: whether it did not have it before.
  @discardableResult
  package mutating func add(_ address: InterfaceAddress) throws(NetlinkError) -> Bool {
    if try addresses().contains(where: address.isSame) { return false }
    return try addNew("address", address.label) { sequence in
      address.request(RTM_NEWADDR, [.request, .acknowledge, .create, .exclusive], sequence)
    }
  }

  /// Takes an address from an interface.
  ///
  /// - Returns: whether it had it.
  @discardableResult
  package mutating func delete(_ address: InterfaceAddress) throws(NetlinkError) -> Bool {
    guard try addresses().contains(where: address.isSame) else { return false }
    try perform("delete address", address.label) { sequence in
      address.request(RTM_DELADDR, [.request, .acknowledge], sequence)
    }
    return true
  }
}
