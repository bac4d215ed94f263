public import NetworkValues

/// An action of a rule.
public enum NftStatement: Hashable, Sendable {
  /// `counter`.
  case counter
  case verdict(NftVerdict)
  /// `tcp dport vmap { 80 : accept }`: the verdict that a map assigns to the fields, if it has them.
  case verdictMap([NftKey], NftMapping, text: String)
  /// `redirect to :15001`: to a port of this host; nil keeps the port.
  case redirect(PortRange?)
  /// `dnat to 10.0.0.1:80`.
  case dnat(NftTranslation)
  /// `snat to 192.0.2.9`.
  case snat(NftTranslation)
  /// `masquerade`: the source becomes the address of the outbound interface.
  case masquerade(PortRange?)
  /// `tproxy ip to :15006`.
  case tproxy(IPFamily?, IPAddress?, Port?)
  /// `meta mark set …`.
  case setMark(NftMarkChange)
  /// `ct mark set …`.
  case setConnectionMark(NftMarkChange)
  /// `ct zone set 1`.
  case setZone(ConntrackZone)
  /// `notrack`.
  case untrack
  /// `reject with …`: drops the packet and answers with an error; the text after `reject`.
  case reject(String)
  /// `queue to 1`: the packet's fate is up to a program; the text after `queue`.
  case queue(String)
  /// A statement without an effect on the path of the packet: `log`, `dup`, `meta priority set`.
  case neutral(String)
  /// A match or a statement that is not modelled, as text.
  case opaque(String)
}

/// The verdict of a rule (`NF_*`, `NFT_*`).
public enum NftVerdict: Hashable, Sendable {
  /// Ends the base chain; those of later priorities follow.
  case accept
  case drop
  /// Continues with the next rule.
  case `continue`
  /// Continues in the calling chain, in a base chain with the policy.
  case `return`
  /// Continues in another chain of the table, and here at its end.
  case jump(String)
  /// Continues in another chain of the table, and at its end in the caller of this chain.
  case goto(String)
}

/// A map from fields to verdicts or values.
public enum NftMapping: Hashable, Sendable {
  case elements(NftElements)
  /// `@name`: a map of the table.
  case set(String)
}

/// The new address and port of a translated packet.
public enum NftTranslation: Hashable, Sendable {
  /// Fixed ranges; nil keeps the packet's own.
  case to(ClosedRange<UInt128>?, IPFamily?, PortRange?)
  /// The address, or address and port, that a map assigns to the packet's fields.
  case map([NftKey], NftMapping)
  /// A translation that is not modelled, as text.
  case opaque(String)
}

/// A new value of a mark: `(source & mask) ^ value`.
public struct NftMarkChange: Hashable, Sendable {
  /// The mark that the new one is computed from.
  public enum Source: Hashable, Sendable {
    case packet, connection
  }

  /// Nil for a constant.
  public let source: Source?
  public let mask: UInt32
  public let value: UInt32

  public init(_ source: Source?, mask: UInt32 = .max, value: UInt32 = 0) {
    self.source = source
    self.mask = source == nil ? 0 : mask
    self.value = value
  }

  /// A constant.
  public init(_ mark: Mark) {
    self.init(nil, value: mark.rawValue)
  }
}
