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
    let keys = hosts.sorted().map { Self.key($0.name, in: $0.namespace) }.distinct
    switch kind {
    case .byOrder: addresses = Self.addresses(at: keys.enumerated().map { ($1, $0) })
    case .byHash: addresses = Self.addresses(at: Self.slots(keys))
    case .inStatus: addresses = nil
    }
  }

  /// Returns the addresses of one host of a ServiceEntry; nil if it gets none, or no proxy uses them.
  func addresses(of host: String, _ entry: ServiceEntry) -> MeshHost.Addresses? {
    guard used != .none, entry.addresses.isEmpty, entry.resolution != "NONE" else { return nil }
    if let addresses {
      return used == .all ? addresses[Self.key(host, in: entry.object.namespace)].map { .own($0) } : nil
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
  private static let count: UInt32 = 256 * 254
  /// The number of the second hash function.
  private static let prime: UInt32 = 65011

  /// Returns the slot of each host by its hash, in the order of slots. Hosts with equal hashes take other slots by a second
  /// hash.
  private static func slots(_ keys: [String]) -> [(key: String, slot: Int)] {
    var taken: [UInt32: String] = [:]
    for key in keys.prefix(Int(count)) {
      let hash = fnv(key)
      var slot = hash % count
      var tries: UInt32 = 1
      while taken[slot] != nil {
        slot = (hash &+ tries &* (prime - hash % prime)) % (count - 1)
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

  /// Returns 240.240.X.Y for each slot. An address that would end with 0 is the next one, and so all that follow.
  private static func addresses(at slots: [(key: String, slot: Int)]) -> [String: [IPAddress]] {
    var skipped = 0
    var found: [String: [IPAddress]] = [:]
    for (key, slot) in slots {
      if (slot + 1 + skipped) % 255 == 0 { skipped += 1 }
      let (third, fourth) = (slot + 1 + skipped).quotientAndRemainder(dividingBy: 255)
      let hex = (third == 0 ? "" : String(third, radix: 16)) + String(fourth, radix: 16)
      found[key] = ["240.240.\(third).\(fourth)", "2001:2::f0f0:\(hex)"].compactMap { IPAddress($0) }
    }
    return found
  }
}
