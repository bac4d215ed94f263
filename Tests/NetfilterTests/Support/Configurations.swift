import Intercept
import TestSupport

/// Configurations that between them build every kind of rule there is.
enum Configurations {
  /// The configuration of a sidecar, for both families.
  static var sidecar: Configuration { .sidecar { $0.includesIPv6 = true } }

  static var tproxy: Configuration {
    var configuration = sidecar
    configuration.interception = .tproxy(mark: 1337, table: 133)
    configuration.excludedInterfaces = interfaces("not-istio-nic")
    return configuration
  }

  static var dns: Configuration {
    var configuration = sidecar
    configuration.dns = .servers(addresses("10.96.0.10", "fd00::10"))
    return configuration
  }

  /// Everything that goes together, as a release has it.
  static func everything(_ release: IstioRelease) -> Configuration {
    var configuration = tproxy
    configuration.release = release
    configuration.dns = .all
    configuration.dropsInvalid = true
    configuration.proxyUsers = ids(1337, 0)
    configuration.ownerGroups = .only(groups(888, 4_294_967_294))
    configuration.outboundCIDRs = .only(
      cidrs("10.0.0.0/8", "fd00::/8", "127.0.0.0/9").map { WrittenCIDR($0) })
    configuration.excludedOutboundCIDRs = cidrs("10.1.2.3/32", "fd00::1/128")
    configuration.virtualInterfaces = interfaces("eth0", "veth+")
    configuration.outboundPorts = ports("80", "8000:8100")
    configuration.excludedOutboundPorts = ports("22", "1:21")
    return configuration
  }

  /// Port ranges at the edges of what there is.
  static var portEdges: Configuration {
    var configuration = sidecar
    let edges = ports("1:65535", "80:80", "0:80", "80:65535", "0:65535", "0", "65535", "65534:65535")
    configuration.inboundPorts = .only(edges)
    configuration.excludedOutboundPorts = edges
    configuration.outboundPorts = edges
    return configuration
  }

  /// Blocks of every length, /0 included.
  static var everyPrefix: Configuration {
    var configuration = sidecar
    let ipv4 = (0...32).compactMap { CIDR("213.170.85.51/\($0)") }
    let ipv6 = (0...128).compactMap { CIDR("fdb5:aa55:cc33:f00f:9669:5aa5:3cc3:8001/\($0)") }
    configuration.excludedOutboundCIDRs = ipv4 + ipv6
    return configuration
  }

  static var interfaceEdges: Configuration {
    var configuration = sidecar
    configuration.excludedInterfaces = interfaces(
      "lo", "eth+", "fifteen-letters", "fourteen-lette+", "a")
    configuration.virtualInterfaces = interfaces("lo+")
    return configuration
  }

  static var nothing: Configuration {
    var configuration = Configuration()
    configuration.includesIPv6 = true
    return configuration
  }

  /// All of them, by name.
  static var all: [(name: String, configuration: Configuration)] {
    [
      ("sidecar", sidecar), ("tproxy", tproxy), ("dns", dns), ("portEdges", portEdges),
      ("everyPrefix", everyPrefix), ("interfaceEdges", interfaceEdges), ("nothing", nothing),
    ] + IstioRelease.all.map { ("everything \($0)", everything($0)) }
  }

  static func ports(_ texts: String...) -> [PortRange] {
    texts.compactMap { PortRange(written: $0) }
  }

  static func interfaces(_ names: String...) -> [InterfacePattern] {
    names.compactMap { InterfacePattern($0) }
  }

  static func cidrs(_ blocks: String...) -> [CIDR] { blocks.compactMap { CIDR($0) } }
  static func addresses(_ texts: String...) -> [IPAddress] { texts.compactMap { IPAddress($0) } }
  static func ids(_ ids: UInt32...) -> [UserID] { ids.compactMap { UserID(rawValue: $0) } }
  static func groups(_ ids: UInt32...) -> [GroupID] { ids.compactMap { GroupID(rawValue: $0) } }
}
