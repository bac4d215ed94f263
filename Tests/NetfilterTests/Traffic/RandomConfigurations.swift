import Intercept

/// Random configurations, of every release and mode.
struct RandomConfigurations {
  var random: SeededRandom

  mutating func next() -> Configuration {
    var configuration = Configuration()
    configuration.includesIPv6 = true
    configuration.release = random.pick(IstioRelease.all)
    if random.onceIn(2) { configuration.interception = .tproxy(mark: 1337, table: 133) }
    configuration.proxyUsers = Configurations.ids(1337) + (random.onceIn(3) ? Configurations.ids(1338) : [])
    fillInbound(&configuration)
    fillOutbound(&configuration)
    fillDNS(&configuration)
    configuration.dropsInvalid = random.onceIn(3)
    return configuration
  }

  private mutating func fillInbound(_ configuration: inout Configuration) {
    let ports = random.some(of: Configurations.ports("80", "8000:8100", "15021", "443", "5701"))
    configuration.inboundPorts = random.onceIn(3) ? .only(ports) : .all(except: ports)
    if random.onceIn(5) {
      configuration.excludedInterfaces = Configurations.interfaces(random.pick(["eth0", "lo", "veth+"]))
    }
    if random.onceIn(6) {
      configuration.virtualInterfaces = Configurations.interfaces(random.pick(["eth0", "eth+", "vnet0"]))
    }
  }

  private mutating func fillOutbound(_ configuration: inout Configuration) {
    let blocks = Configurations.cidrs(
      "10.0.0.0/16", "10.96.0.0/12", "192.0.2.7/32", "fd00:1::/64", "2001:db8::/32")
    let own = random.onceIn(2) ? WrittenCIDR("::1/128").map { [$0] } ?? [] : []
    configuration.outboundCIDRs =
      random.onceIn(3) ? .only(random.some(of: blocks).map { WrittenCIDR($0) } + own) : .all
    configuration.excludedOutboundCIDRs = random.onceIn(3) ? random.some(of: blocks) : []
    configuration.outboundPorts = random.onceIn(3) ? Configurations.ports("22", "8000:8100") : []
    configuration.excludedOutboundPorts = random.onceIn(3) ? Configurations.ports("443", "1:52") : []
    let groups = Configurations.groups(888, 1000)
    if random.onceIn(4) {
      configuration.ownerGroups = random.onceIn(2) ? .only(groups) : .all(except: groups)
    }
  }

  private mutating func fillDNS(_ configuration: inout Configuration) {
    let servers = Configurations.addresses("10.96.0.10", "fd00:1::10")
    configuration.dns = random.pick([.none, .servers(servers), .all])
  }
}
