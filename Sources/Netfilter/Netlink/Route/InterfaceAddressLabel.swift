extension InterfaceAddress {
  /// The address with its prefix, for errors: "10.1.2.3/24", "0:0:0:0:0:0:0:6/128".
  var label: String { "\(family == .ipv4 ? dotted : grouped)/\(prefixLength)" }

  private var dotted: String { bytes.map(\.description).joined(separator: ".") }

  private var grouped: String {
    let pairs = stride(from: 0, to: bytes.count - 1, by: 2)
    return pairs.map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }.joined(
      separator: ":")
  }
}
