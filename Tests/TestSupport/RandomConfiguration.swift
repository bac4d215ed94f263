package import Intercept

extension Configuration {
  /// Any configuration that the options could give; each concern is there or not, by chance.
  package static func random(_ random: inout SeededGenerator) -> Configuration {
    var made = Configuration()
    made.release = IstioRelease.all[Int.random(in: 0..<IstioRelease.all.count, using: &random)]
    made.includesIPv6 = random.chance(60)
    made.makeProxy(&random)
    made.makeInbound(&random)
    made.makeOutbound(&random)
    made.makeOwners(&random)
    made.makeDNS(&random)
    made.dropsInvalid = random.chance(30)
    return made
  }

  private mutating func makeProxy(_ random: inout SeededGenerator) {
    proxyPort = random.chance(70) ? proxyPort : random.port()
    inboundCapturePort = random.chance(70) ? inboundCapturePort : random.port()
    inboundTunnelPort = random.chance(70) ? inboundTunnelPort : random.port()
    excludedInterfaces = random.list { $0.interface() }
    virtualInterfaces = random.list { $0.interface() }
  }

  private mutating func makeInbound(_ random: inout SeededGenerator) {
    let ports = random.list(upTo: 20) { $0.ports() }
    inboundPorts = random.chance(50) ? .all(except: ports) : .only(ports)
    if random.chance(40) { interception = .tproxy(mark: random.mark(), table: 133) }
  }

  private mutating func makeOutbound(_ random: inout SeededGenerator) {
    outboundCIDRs = random.chance(40) ? .all : .only(random.list(upTo: 8) { $0.writtenCIDR() })
    excludedOutboundCIDRs = random.list(upTo: 8) { $0.cidr() }
    outboundPorts = random.list { $0.ports() }
    excludedOutboundPorts = random.list(upTo: 20) { $0.ports() }
    let loopback = IPv4Address(bits: 127 << 24 | random.bits() >> 8)
    let length = Int.random(in: 8...32, using: &random)
    if random.chance(20) { loopbackCIDR = CIDR(.ipv4(loopback), prefixLength: length) ?? loopbackCIDR }
  }

  private mutating func makeOwners(_ random: inout SeededGenerator) {
    let users = random.list { $0.owner() as UserID? }
    let groups = random.list { $0.owner() as GroupID? }
    if !users.isEmpty { proxyUsers = users }
    if !groups.isEmpty { proxyGroups = groups }
    // iptables-restore takes 255 words a line, and so no more groups than these in one rule.
    let owners = random.list(upTo: 48) { $0.owner() as GroupID? }
    ownerGroups = random.chance(70) ? .all(except: owners) : .only(owners)
  }

  private mutating func makeDNS(_ random: inout SeededGenerator) {
    let servers = random.list { IPAddress($0.pick(.ipv4, .ipv6), bits: $0.wideBits()) }
    dns = random.pick(.none, .all, .servers(servers))
  }
}

extension SeededGenerator {
  package mutating func bits() -> UInt32 { UInt32(truncatingIfNeeded: next()) }

  /// Bits of an address: dense, or with long runs of zeroes.
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

  /// - Parameter loopback: how many in a hundred name an address of the host itself.
  package mutating func writtenCIDR(loopback: Int = 10) -> WrittenCIDR? {
    let family = pick(IPFamily.ipv4, .ipv6)
    let length = chance(10) ? 0 : Int.random(in: 0...family.addressBits, using: &self)
    let own: UInt128 = family == .ipv4 ? 127 << 24 | 1 : 1
    let address = IPAddress(family, bits: chance(loopback) ? own : wideBits())
    return WrittenCIDR(address, prefixLength: length)
  }

  package mutating func owner<ID: OwnerID>() -> ID? {
    ID(rawValue: chance(30) ? pick(0, 1337, 4_294_967_294) : bits())
  }

  package mutating func mark() -> Mark { Mark(rawValue: chance(50) ? 1337 : Swift.max(1, bits())) }

  /// A name of any length the kernel takes, of any characters that an option takes.
  package mutating func interface() -> InterfacePattern? {
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789._-@")
    let length = Int.random(in: 1...InterfacePattern.longest, using: &self)
    let name = String((0..<length).map { _ in letters[Int.random(in: 0..<letters.count, using: &self)] })
    return InterfacePattern(chance(70) ? name : name.dropLast() + "+")
  }
}
