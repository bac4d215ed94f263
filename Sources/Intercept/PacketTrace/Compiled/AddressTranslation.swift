import NetworkValues
import NftablesRuleset
import RuleModel

/// A translation of a packet's destination or source to a fixed address or port (`DNAT`, `SNAT`, `MASQUERADE`,
/// `NETMAP`).
struct AddressTranslation: Sendable {
  enum Side: Sendable {
    case destination, source
    /// The destination in PREROUTING and OUTPUT, the source in INPUT and POSTROUTING.
    case ofHook
  }

  let side: Side
  /// The candidates for the address; the kernel picks one, and nil keeps the packet's own.
  let addresses: ClosedRange<UInt128>?
  /// True if the new source is the address of the outbound interface.
  var isOfInterface = false
  /// The block whose prefix replaces that of the address (`NETMAP`).
  private(set) var block: CIDR?
  /// The candidates for the port; the kernel picks one, and nil keeps the packet's own.
  let ports: PortRange?

  init(_ side: Side, _ addresses: ClosedRange<UInt128>?, _ ports: PortRange?) {
    (self.side, self.addresses, self.ports) = (side, addresses, ports)
  }

  /// `masquerade`.
  init(masquerading ports: PortRange?) {
    self.init(.source, nil, ports)
    isOfInterface = true
  }

  /// Reads `DNAT --to-destination 10.0.0.1:80`, `SNAT --to-source 192.0.2.9`, `MASQUERADE`; nil for other targets, and
  /// for a destination port that the kernel picks at random.
  init?(_ target: OpaqueTarget) {
    let words = target.text.split(separator: " ").map(String.init)
    switch (words.first, words.dropFirst().first) {
    case ("DNAT", "--to-destination"): self.init(.destination, words)
    case ("SNAT", "--to-source"): self.init(.source, words)
    case ("MASQUERADE", _): self.init(masquerading: nil)
    case ("NETMAP", "--to"):
      guard words.count > 2, let block = CIDR(words[2]) else { return nil }
      self.init(.ofHook, nil, nil)
      self.block = block
    default: return nil
    }
  }

  /// The addresses for a packet's own one: of NETMAP the address in the block with the same host part.
  func addresses(replacing own: IPAddress?) -> ClosedRange<UInt128>? {
    guard let block, let own else { return addresses }
    let mask = CIDR.mask(block.network.family, prefixLength: block.prefixLength)
    let address = block.network.bits | own.bits & ~mask & UInt128(greatestOfBits: own.family.addressBits)
    return address...address
  }

  private init?(_ side: Side, _ words: [String]) {
    guard words.count > 2, case .to(let addresses, _, let ports)? = NftTranslation(endpoint: words[2]) else {
      return nil
    }
    let isRandom = words.contains { $0.hasPrefix("--random") }
    // Without a range the kernel keeps a destination's port.
    guard side == .source || !isRandom || ports == nil || ports?.single != nil else { return nil }
    self.init(side, addresses, ports)
  }
}
