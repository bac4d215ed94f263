package import Intercept

extension Configuration {
  /// A random configuration of any release. Each part is set or left out by chance.
  package static func random(
    using random: inout SeededGenerator, of values: RandomValues = .any
  ) -> Configuration {
    var configuration = Configuration()
    configuration.release = random.pick(IstioRelease.all)
    configuration.includesIPv6 = random.chance(60)
    configuration.fillPorts(&random, values)
    configuration.fillInbound(&random, values)
    configuration.fillOutbound(&random, values)
    configuration.fillOwners(&random, values)
    let servers = random.list(values.server)
    configuration.dns = random.pick(.none, .all, .servers(servers))
    configuration.dropsInvalid = random.chance(30)
    return configuration
  }

  private mutating func fillPorts(_ random: inout SeededGenerator, _ values: RandomValues) {
    if random.chance(30) { proxyPort = values.proxyPort(&random) ?? proxyPort }
    if random.chance(30) { inboundCapturePort = values.proxyPort(&random) ?? inboundCapturePort }
    if random.chance(30) { inboundTunnelPort = values.proxyPort(&random) ?? inboundTunnelPort }
  }

  private mutating func fillInbound(_ random: inout SeededGenerator, _ values: RandomValues) {
    excludedInterfaces = random.list(values.interface)
    virtualInterfaces = random.list(values.interface)
    let ports = random.list(upTo: values.mostPorts, values.ports)
    inboundPorts = random.chance(50) ? .all(except: ports) : .only(ports)
    if random.chance(40) { interception = .tproxy(mark: values.mark(&random), table: 133) }
  }

  private mutating func fillOutbound(_ random: inout SeededGenerator, _ values: RandomValues) {
    outboundCIDRs = random.chance(40) ? .all : .only(random.list(upTo: 8, values.includedBlock))
    excludedOutboundCIDRs = random.list(upTo: 8, values.block)
    outboundPorts = random.list(values.ports)
    excludedOutboundPorts = random.list(upTo: values.mostPorts, values.ports)
    if random.chance(20) { loopbackCIDR = values.loopbackBlock(&random) ?? loopbackCIDR }
  }

  private mutating func fillOwners(_ random: inout SeededGenerator, _ values: RandomValues) {
    let users = random.list { UserID(rawValue: values.owner(&$0)) }
    let groups = random.list { GroupID(rawValue: values.owner(&$0)) }
    if !users.isEmpty { proxyUsers = users }
    if !groups.isEmpty { proxyGroups = groups }
    let owners = random.list(upTo: values.mostGroups) { GroupID(rawValue: values.owner(&$0)) }
    ownerGroups = random.chance(70) ? .all(except: owners) : .only(owners)
  }
}

/// The values from which random configurations are built.
package struct RandomValues: Sendable {
  package typealias Source<Value> = @Sendable (inout SeededGenerator) -> Value

  var ports: Source<PortRange?>
  var block: Source<CIDR?>
  var includedBlock: Source<WrittenCIDR?>
  var loopbackBlock: Source<CIDR?>
  var interface: Source<InterfacePattern?>
  var owner: Source<UInt32>
  var server: Source<IPAddress?>
  /// The port of a listener of the proxy's; nil keeps Istio's port.
  var proxyPort: Source<Port?>
  var mark: Source<Mark>
  /// The maximum length of a list of ports.
  var mostPorts = 5
  /// The maximum length of a list of owner groups.
  var mostGroups = 3

  /// Every value that an option accepts. iptables-restore accepts 255 words in a line, which limits the groups of one
  /// rule.
  package static let any = RandomValues(
    ports: { $0.ports() }, block: { $0.cidr() }, includedBlock: { $0.writtenCIDR() },
    loopbackBlock: { $0.loopbackBlock() }, interface: { $0.interface() }, owner: { $0.owner() },
    server: { IPAddress($0.pick(.ipv4, .ipv6), bits: $0.wideBits()) }, proxyPort: { $0.port() },
    mark: { $0.mark() }, mostPorts: 20, mostGroups: 48)

  /// The values of some lists, so that rules overlap with each other and with packets. The ports of the proxy, and
  /// the mark of TPROXY, are Istio's.
  package static func among(
    ports: [String], blocks: [String], includedBlocks: [String], loopbackBlocks: [String] = [],
    interfaces: [String], owners: [UInt32], servers: [String]
  ) -> RandomValues {
    RandomValues(
      ports: { PortRange(written: $0.pick(ports)) }, block: { CIDR($0.pick(blocks)) },
      includedBlock: { WrittenCIDR($0.pick(includedBlocks)) },
      loopbackBlock: { loopbackBlocks.randomElement(using: &$0).flatMap { CIDR($0) } },
      interface: { InterfacePattern($0.pick(interfaces)) }, owner: { $0.pick(owners) },
      server: { IPAddress($0.pick(servers)) }, proxyPort: { _ in nil }, mark: { _ in 1337 })
  }
}

extension PortRange {
  /// A range as an option has it: `80` or `8000:8100`.
  package init?(written text: String) {
    let ends = text.split(separator: ":").compactMap { Port(String($0)) }
    guard let first = ends.first, let last = ends.last else { return nil }
    self.init(from: first, to: last)
  }
}
