package import Intercept

/// Random values of the kinds that options take.
extension SeededGenerator {
  package mutating func bits() -> UInt32 { UInt32(truncatingIfNeeded: next()) }

  /// Bits of an address: dense, or with long runs of zeros.
  package mutating func wideBits() -> UInt128 {
    let dense = UInt128(next()) << 64 | UInt128(next())
    return chance(50) ? dense : dense & ~UInt128(0xffff_ffff) << Int.random(in: 0...96, using: &self)
  }

  package mutating func port() -> Port {
    chance(40)
      ? pick(1, 53, 80, 443, 15001, 15006, 15008, 65535)
      : Port(rawValue: .random(in: 1 ... .max, using: &self))
  }

  package mutating func ports() -> PortRange {
    let (first, last) = (port(), port())
    return chance(60) ? PortRange(first) : min(first, last)...max(first, last)
  }

  package mutating func cidr() -> CIDR? { writtenCIDR(loopback: 0)?.block }

  /// - Parameter loopback: Percentage of blocks with the loopback address.
  package mutating func writtenCIDR(loopback: Int = 10) -> WrittenCIDR? {
    let family = pick(IPFamily.ipv4, .ipv6)
    let length = chance(10) ? 0 : Int.random(in: 0...family.addressBits, using: &self)
    let own: UInt128 = family == .ipv4 ? 127 << 24 | 1 : 1
    let address = IPAddress(family, bits: chance(loopback) ? own : wideBits())
    return WrittenCIDR(address, prefixLength: length)
  }

  /// A block of 127.0.0.0/8.
  package mutating func loopbackBlock() -> CIDR? {
    let address = IPv4Address(bits: 127 << 24 | bits() >> 8)
    return CIDR(.ipv4(address), prefixLength: .random(in: 8...32, using: &self))
  }

  /// The number of a user or a group.
  package mutating func owner() -> UInt32 { chance(30) ? pick(0, 1337, 4_294_967_294) : bits() }

  package mutating func mark() -> Mark { Mark(rawValue: chance(50) ? 1337 : Swift.max(1, bits())) }

  /// An interface name of any length that the kernel accepts and of any characters that an option accepts.
  package mutating func interface() -> InterfacePattern? {
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789._-@")
    let length = Int.random(in: 1...InterfacePattern.longest, using: &self)
    let name = String((0..<length).map { _ in pick(letters) })
    return InterfacePattern(chance(70) ? name : name.dropLast() + "+")
  }
}
