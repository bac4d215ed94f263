/// A conntrack zone: connections of different zones never meet (`nf_conntrack_zone`).
public struct ConntrackZone: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral {
  public let rawValue: UInt16

  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  public init(integerLiteral value: UInt16) {
    self.init(rawValue: value)
  }

  /// The proxy's own questions to DNS servers and their answers.
  public static let upstreamDNS: ConntrackZone = 1
  /// The app's questions and the proxy's answers to them.
  public static let applicationDNS: ConntrackZone = 2
}

extension ConntrackZone: CustomStringConvertible {
  public var description: String { String(rawValue) }
}
