import Intercept

extension MeshHost.Addresses {
  /// Those of one of a ServiceEntry's hosts.
  init(of entry: ServiceEntry, _ host: String, _ given: AutoAllocatedAddresses) {
    let blocks = entry.addresses.compactMap { CIDR($0) }
    let own = entry.addresses.compactMap { IPAddress($0) } + blocks.filter(\.isHost).map(\.network)
    if !own.isEmpty {
      self = .own(own)
    } else if !blocks.isEmpty {
      self = .blocks(blocks)
    } else {
      self = Self.given(to: host, of: entry, given) ?? Self.without(entry)
    }
  }

  /// What Istio gives to a host without an address; nil where it gives none, or no proxy knows.
  private static func given(to host: String, of entry: ServiceEntry, _ given: AutoAllocatedAddresses) -> Self?
  {
    guard given != .none, entry.addresses.isEmpty else { return nil }
    let shown = entry.allocated.filter { $0.host == nil || $0.host == host }.map(\.address)
    guard shown.isEmpty else { return .own(shown) }
    // A name for many hosts cannot have one address, and without resolution a connection must keep its own.
    return given == .all && !host.hasPrefix("*") && entry.resolution != "NONE" ? .allocated : nil
  }

  /// Where a host is found that has no address of its own.
  private static func without(_ entry: ServiceEntry) -> Self {
    entry.resolution == "NONE" && (entry.selector != nil || !entry.endpoints.isEmpty) ? .endpoints : .none
  }
}
