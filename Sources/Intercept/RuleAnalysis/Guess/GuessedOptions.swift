import MeshOptions
import MeshRules
import NetworkValues

extension Guess {
  /// The flags that differ from Istio's defaults, word by word as a program gets them.
  public var arguments: [String] {
    let usual = Configuration()
    var words = Words()
    words.add(.envoyPort, configuration.proxyPort, unless: usual.proxyPort)
    words.add(.inboundCapturePort, configuration.inboundCapturePort, unless: usual.inboundCapturePort)
    words.add(.inboundTunnelPort, configuration.inboundTunnelPort, unless: usual.inboundTunnelPort)
    // The group's default is the user.
    if configuration.proxyUsers != usual.proxyUsers || configuration.proxyGroups != usual.proxyGroups {
      words.add(.proxyUID, list: configuration.proxyUsers)
      words.add(.proxyGID, list: configuration.proxyGroups)
    }
    words.addInbound(configuration)
    words.addOutbound(configuration)
    words.addDNS(configuration.dns)
    if configuration.dropsInvalid { words.add(.dropInvalid) }
    if configuration.includesIPv6 { words.add(.ipFamily, "dual") }
    if isNative { words.add(.nativeNftables) }
    return words.all
  }

  /// The environment variables that differ from Istio's defaults: what no flag can say.
  public var environment: [(name: String, value: String)] {
    var variables: [(name: String, value: String)] = []
    switch configuration.ownerGroups {
    case .only(let groups): variables.append((OptionName.ownerGroups.spelling, list(groups)))
    case .all(let excluded) where !excluded.isEmpty:
      variables.append((OptionName.excludedOwnerGroups.spelling, list(excluded)))
    case .all: break
    }
    if configuration.loopbackCIDR != Configuration().loopbackCIDR {
      variables.append((OptionName.loopbackCIDR.spelling, configuration.loopbackCIDR.description))
    }
    return variables
  }
}

/// Values as options take them: with commas between.
private func list(_ values: [some CustomStringConvertible]) -> String {
  values.map(\.description).joined(separator: ",")
}

/// The words of a command line.
private struct Words {
  private(set) var all: [String] = []

  mutating func add(_ option: OptionName, _ value: String? = nil) {
    guard let name = option.letter.map({ "-\($0)" }) ?? option.flag else { return }
    all += [name] + (value.map { [$0] } ?? [])
  }

  mutating func add<Value: CustomStringConvertible & Equatable>(
    _ option: OptionName, _ value: Value, unless usual: Value
  ) {
    if value != usual { add(option, value.description) }
  }

  mutating func add(_ option: OptionName, list values: [some CustomStringConvertible]) {
    if !values.isEmpty { add(option, list(values)) }
  }

  mutating func addInbound(_ configuration: Configuration) {
    switch configuration.interception {
    case .redirect: break
    case .tproxy(let mark, _):
      add(.interceptionMode, "TPROXY")
      add(.tproxyMark, String(mark.rawValue), unless: "1337")
    }
    switch configuration.inboundPorts {
    case .all(let excluded):
      add(.inboundPorts, "*")
      add(.excludedInboundPorts, list: excluded.map(\.text))
    case .none: break
    case .only([]): add(.inboundPorts, ",")
    case .only(let ports): add(.inboundPorts, list: ports.map(\.text))
    }
    add(.excludedInterfaces, list: configuration.excludedInterfaces)
  }

  mutating func addOutbound(_ configuration: Configuration) {
    switch configuration.outboundCIDRs {
    case .all: add(.outboundCIDRs, "*")
    case .only(let blocks): add(.outboundCIDRs, list: blocks)
    }
    add(.excludedOutboundCIDRs, list: configuration.excludedOutboundCIDRs)
    add(.outboundPorts, list: configuration.outboundPorts.map(\.text))
    add(.excludedOutboundPorts, list: configuration.excludedOutboundPorts.map(\.text))
    add(.virtualInterfaces, list: configuration.virtualInterfaces)
  }

  mutating func addDNS(_ dns: DNSCapture) {
    switch dns {
    case .none: break
    case .servers(let servers):
      add(.redirectDNS)
      add(.dnsServers, list(servers))
    case .all:
      add(.redirectDNS)
      add(.captureAllDNS)
    }
  }
}
