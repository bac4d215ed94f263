/// An IPv4 address (`struct in_addr`).
public struct IPv4Address: Hashable, Sendable {
  /// The address in host order: 127.0.0.1 is 0x7f000001.
  public var bits: UInt32

  public init(bits: UInt32) {
    self.bits = bits
  }

  /// Makes the address `a.b.c.d`.
  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    bits = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
  }
}

extension IPv4Address: LosslessStringConvertible {
  /// Reads four decimal numbers. Short forms (`10.1`) and octal ones (`010.0.0.1`) are refused, as Go and
  /// `inet_pton` refuse them.
  public init?(_ description: String) {
    let parts = description.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard let byte = UInt8(decimal: String(Substring(part))) else { return nil }
      bits = bits << 8 | UInt32(byte)
    }
    self.bits = bits
  }

  public var description: String {
    "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
  }
}
