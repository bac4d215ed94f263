import Intercept
import KubernetesObjects
import SidecarInjection

/// The addresses that the control plane allocates to hosts of ServiceEntries without one.
///
/// The corresponding Istio function is `autoAllocateIPs`.
struct AddressAllocation: Sendable {
  /// The addresses that the mesh's proxies use.
  let used: AutoAllocatedAddresses
  /// The addresses by namespace and host; nil if the control plane writes them into the status of ServiceEntries.
  private let addresses: [String: [IPAddress]]?

  init(_ entries: [ServiceEntry], _ used: AutoAllocatedAddresses, _ kind: AddressAllocationKind) {
    self.used = used
    let hosts = entries.filter { $0.addresses.isEmpty && $0.resolution != "NONE" }.flatMap { entry in
      entry.hosts.filter { !$0.hasPrefix("*") }.map { host in
        CreationOrder(host, in: entry.object.namespace, creationTime: entry.creationTime)
      }
    }
    switch kind {
    case .byOrder:
      let names = hosts.sorted().map(\.name).distinct.enumerated().map { ($1, $0) }
      addresses = Self.addresses(at: names, skipsFreeSlots: true)
    case .byHash(let hashing):
      let keys = hosts.sorted().map { Self.key($0.name, in: $0.namespace) }
      let slots = hashing.slots(of: keys)
      addresses = Self.addresses(at: slots, skipsFreeSlots: hashing.skipsFreeSlots)
    case .inStatus: addresses = nil
    }
  }

  /// Returns the addresses of one host of a ServiceEntry; nil if it gets none, or no proxy uses them.
  func addresses(of host: String, _ entry: ServiceEntry) -> MeshHost.Addresses? {
    guard used != .none, entry.addresses.isEmpty, entry.resolution != "NONE" else { return nil }
    if let addresses {
      let found = addresses[Self.key(host, in: entry.object.namespace)] ?? addresses[host]
      return used == .all ? found.map { .own($0) } : nil
    }
    guard !entry.refusesAllocation else { return nil }
    let inStatus = entry.allocated.filter { $0.host == nil || $0.host == host }.map(\.address)
    guard inStatus.isEmpty else { return .own(inStatus) }
    // A wildcard host has one address only if the proxy resolves the names of requests.
    let hasOne = !host.hasPrefix("*") || entry.resolution == "DYNAMIC_DNS"
    return used == .all && hasOne ? .allocated : nil
  }

  private static func key(_ host: String, in namespace: String) -> String { "\(namespace)/\(host)" }
}

extension AddressAllocation {
  /// Returns 240.240.X.Y for each slot; of several slots of a host the first counts. An address that would end with 0 is the
  /// next one, and so all that follow.
  private static func addresses(at slots: [(key: String, slot: Int)], skipsFreeSlots: Bool)
    -> [String: [IPAddress]]
  {
    var skipped = 0
    var found: [String: [IPAddress]] = [:]
    for (key, slot) in slots {
      if skipsFreeSlots { skipped = slot / 254 } else if (slot + 1 + skipped) % 255 == 0 { skipped += 1 }
      let (third, fourth) = (slot + 1 + skipped).quotientAndRemainder(dividingBy: 255)
      let hex = (third == 0 ? "" : String(third, radix: 16)) + String(fourth, radix: 16)
      let pair = ["240.240.\(third).\(fourth)", "2001:2::f0f0:\(hex)"].compactMap { IPAddress($0) }
      if found[key] == nil { found[key] = pair }
    }
    return found
  }
}

extension AddressHashing {
  /// The number of the second hash function.
  private static let prime: UInt32 = 65011

  /// Returns the slot of each host, in the order of slots. A host whose slot is taken gets another by a second hash.
  fileprivate func slots(of keys: [String]) -> [(key: String, slot: Int)] {
    var taken: [UInt32: String] = [:]
    for key in keys.prefix(Int(slots) / 2) {
      let hash = Self.fnv(key)
      var slot = hash % slots
      var tries: UInt32 = 1
      while taken[slot] != nil {
        slot = (hash &+ tries &* (Self.prime - hash % Self.prime)) % retrySlots
        tries += 1
      }
      taken[slot] = key
    }
    return taken.sorted { $0.key < $1.key }.map { ($0.value, Int($0.key)) }
  }

  /// The hash FNV-1a of 32 bits.
  private static func fnv(_ key: String) -> UInt32 {
    key.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
  }
}
