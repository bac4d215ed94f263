import NetworkValues
import NftablesRuleset
import RuleModel

/// A translation of a packet's destination or source to a fixed address or port (`DNAT`, `SNAT`, `MASQUERADE`).
struct AddressTranslation: Sendable {
  enum Side: Sendable {
    case destination, source
  }

  let side: Side
  /// The addresses of which the kernel picks one; nil keeps the packet's own.
  let addresses: ClosedRange<UInt128>?
  /// True if the new source is the address of the outbound interface.
  var isOfInterface = false
  /// The ports of which the kernel picks one; nil keeps the packet's own.
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
  /// for ports that the kernel picks at random.
  init?(_ target: OpaqueTarget) {
    let words = target.text.split(separator: " ").map(String.init)
    guard !words.contains(where: { $0.hasPrefix("--random") }) else { return nil }
    switch (words.first, words.dropFirst().first) {
    case ("DNAT", "--to-destination"): self.init(.destination, words)
    case ("SNAT", "--to-source"): self.init(.source, words)
    case ("MASQUERADE", _): self.init(masquerading: nil)
    default: return nil
    }
  }

  private init?(_ side: Side, _ words: [String]) {
    guard words.count > 2, case .to(let addresses, _, let ports)? = NftTranslation(endpoint: words[2]) else {
      return nil
    }
    self.init(side, addresses, ports)
  }
}
