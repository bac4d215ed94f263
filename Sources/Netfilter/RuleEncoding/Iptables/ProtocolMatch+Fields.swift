import CNetfilter
package import Intercept
import NFTables

extension FieldComparison {
  /// The comparison of the transport protocol.
  package static func `protocol`(_ number: Condition<IPProtocol>) -> FieldComparison {
    FieldComparison(.meta(.transportProtocol), .equal(number.map { [$0.rawValue] }))
  }

  /// The compared protocol; nil for any other comparison. From 1.8.10 iptables-nft loads it from the IPv4 header
  /// instead of `meta l4proto`.
  func `protocol`(_ family: IPFamily) -> Condition<IPProtocol>? {
    guard field == .meta(.transportProtocol) || family == .ipv4 && field == Self.headerProtocol, mask == nil,
      let bytes = comparison?.equality, let number = bytes.value.first, bytes.value.count == 1
    else { return nil }
    return bytes.map { _ in IPProtocol(rawValue: number) }
  }

  private static let headerProtocol = Field.payload(
    .network, offset: UInt32(CNETFILTER_IPV4_PROTOCOL), length: 1)
}

extension RuleCompatibility {
  /// The NFTA_RULE_COMPAT of a rule with these matches.
  init(_ matches: [Match]) {
    self.init(protocol: 0)
    for case .proto(let number) in matches {
      self.init(protocol: UInt32(number.value.rawValue), isInverted: number.isNegated)
    }
  }
}
