/// Which program put a routing rule there; the `ip` command shows it as `proto` (FRA_PROTOCOL, RTPROT_*).
package struct RouteOrigin: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The program does not say, as the `ip` command does not.
  package static let unspecified = Self(rawValue: 0)
}
