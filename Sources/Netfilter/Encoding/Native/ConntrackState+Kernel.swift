import Intercept

/// A connection's state in nf_tables' own bits (NF_CT_STATE_BIT), which are not those of x_tables for what is not
/// tracked.
extension ConntrackState {
  private static let bits: [(state: ConntrackState, bit: UInt32)] = [
    (.invalid, 1 << 0), (.established, 1 << 1), (.related, 1 << 2), (.new, 1 << 3), (.untracked, 1 << 6),
  ]

  /// Nil for what is no state to nf_tables: that addresses were translated.
  var nativeBits: UInt32? {
    let known = Self.bits.filter { contains($0.state) }
    let bits = known.reduce(0) { $0 | $1.bit }
    return known.reduce(into: ConntrackState()) { $0.formUnion($1.state) } == self ? bits : nil
  }

  /// Nil if there are bits of no known state.
  init?(nativeBits: UInt32) {
    self = Self.bits.filter { nativeBits & $0.bit != 0 }.reduce(into: []) { $0.formUnion($1.state) }
    guard self.nativeBits == nativeBits else { return nil }
  }
}
