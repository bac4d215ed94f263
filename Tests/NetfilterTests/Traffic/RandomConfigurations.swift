import Intercept
import TestSupport

extension Configuration {
  /// A random configuration for the namespaces of a traffic bed, whose listeners have Istio's ports.
  static func traffic(seed: UInt64) -> Configuration {
    var random = SeededGenerator(seed: seed)
    var configuration = Configuration.random(using: &random, of: .traffic)
    configuration.includesIPv6 = true
    return configuration
  }
}

extension RandomValues {
  /// The ports, addresses, interfaces and owners of random flows, with some that no flow has.
  fileprivate static let traffic = RandomValues.among(
    ports: ["80", "8000:8100", "15021", "443", "5701", "22", "1:52", "7000", "7001"], blocks: blocks,
    includedBlocks: blocks + ["::1/128"],
    interfaces: ["eth0", "lo", "eth+", "veth+", "vnet0", "net1", "net2", "net3", "net4", "net5"],
    owners: [888, 1000, 1337, 1338, 2000, 2001, 2002, 2003], servers: ["10.96.0.10", "fd00:1::10"])

  private static let blocks = [
    "10.0.0.0/16", "10.96.0.0/12", "192.0.2.7/32", "fd00:1::/64", "2001:db8::/32", "198.51.100.0/24",
    "2001:db9::/32",
  ]
}
