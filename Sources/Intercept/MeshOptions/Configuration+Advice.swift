public import MeshRules
import NetworkValues

/// Warnings about valid settings that are probably mistakes. Mesh-wide settings reach every pod, so none is an error.
extension Configuration {
  /// Warns about settings that have no effect.
  public func advise(_ reader: inout OptionReader) {
    adviseFamilies(&reader)
    adviseInbound(&reader)
    adviseOutbound(&reader)
    adviseOwnerGroups(&reader)
    adviseDNS(&reader)
    adviseListeners(&reader)
  }

  /// True if nothing is redirected: no inbound connection, no outbound one, and no DNS.
  public var capturesNothing: Bool {
    let inbound = inboundPorts != .none && inboundPorts != .only([])
    let outbound = (outboundCIDRs != .only([]) || !outboundPorts.isEmpty) && ownerGroups != .only([])
    return !inbound && !outbound && (dns == .none || dns == .servers([]))
  }

  private func adviseFamilies(_ reader: inout OptionReader) {
    guard !includesIPv6 else { return }
    for (option, blocks) in [
      (OptionName.outboundCIDRs, outboundCIDRs.listed), (.excludedOutboundCIDRs, excludedOutboundCIDRs),
    ] {
      for block in blocks where block.family == .ipv6 {
        reader.warn(option, "\(block) is left out: IPv6 is off here (--ip-family dual turns it on)")
      }
    }
  }

  private func adviseInbound(_ reader: inout OptionReader) {
    switch inboundPorts {
    case .all: return
    case .none: break
    case .only(let ports): adviseInboundPorts(ports, &reader)
    }
    if reader.options.givesItems(.excludedInboundPorts) {
      reader.warn(.excludedInboundPorts, "no effect: exclusions count only where --istio-inbound-ports is *")
    }
  }

  private func adviseInboundPorts(_ ports: [PortRange], _ reader: inout OptionReader) {
    adviseOwnPorts(.inboundPorts, ports, &reader)
    if ports.isEmpty { reader.warn(.inboundPorts, "names no port: no inbound connection is captured") }
  }

  private func adviseOutbound(_ reader: inout OptionReader) {
    adviseOwnPorts(.outboundPorts, outboundPorts, &reader)
    guard outboundCIDRs != .all else { return }
    let included = outboundCIDRs.listed
    for block in excludedOutboundCIDRs
    where outboundPorts.isEmpty && !included.contains(where: block.overlaps) {
      reader.warn(.excludedOutboundCIDRs, "\(block) has no effect: no --istio-service-cidr covers it")
    }
    if included.isEmpty, outboundPorts.isEmpty, !excludedOutboundPorts.isEmpty {
      reader.warn(.excludedOutboundPorts, "no effect: nothing outbound is captured")
    }
  }

  private func adviseOwnPorts(_ option: OptionName, _ ports: [PortRange], _ reader: inout OptionReader) {
    for port in ownPorts where ports.contains(where: { $0.contains(port) }) {
      reader.warn(option, "names \(port), one of the proxy's own ports; connections to the proxy would loop")
    }
  }

  /// The ports the proxy and its agent listen on.
  private var ownPorts: [Port] {
    let others: [Port] = [
      .envoyAdmin, .agentDebug, .agentStatus, .envoyReadiness, .dnsProxy, .envoyMetrics,
    ]
    let chosen = [proxyPort, inboundCapturePort, inboundTunnelPort].filter { !others.contains($0) }
    return (chosen + others).sorted()
  }

  private func adviseOwnerGroups(_ reader: inout OptionReader) {
    guard case .only(let groups) = ownerGroups else { return }
    if groups.isEmpty {
      reader.warn(.ownerGroups, "names no group: no outbound connection is captured")
    }
    if reader.options.givesItems(.excludedOwnerGroups) {
      reader.warn(
        .excludedOwnerGroups, "no effect: exclusions count only where ISTIO_OUTBOUND_OWNER_GROUPS is *")
    }
  }

  private func adviseDNS(_ reader: inout OptionReader) {
    if dns == .none, reader.options[.captureAllDNS] != nil, reader.isOn(.captureAllDNS) {
      reader.warn(.captureAllDNS, "no effect without --redirect-dns")
    }
    guard dns == .servers([]) else { return }
    let outcome =
      release.traits.capturesDNSWithoutServers
      ? "Istio \(release) installs its rules for the proxy's own queries, and captures none"
      : "DNS is not captured"
    reader.warn(.redirectDNS, "no DNS server is known and --capture-all-dns is off: \(outcome)")
  }

  private func adviseListeners(_ reader: inout OptionReader) {
    if !release.traits.readsLoopbackCIDR, reader.options[.loopbackCIDR] != nil {
      reader.warn(.loopbackCIDR, "no effect: Istio \(release) does not read it")
    }
    if proxyPort == inboundCapturePort {
      reader.warn(.inboundCapturePort, "\(inboundCapturePort) is the outbound listener's port as well")
    }
  }
}

extension OutboundCIDRs {
  /// The blocks in the list.
  fileprivate var listed: [CIDR] {
    switch self {
    case .only(let blocks): blocks.map(\.block)
    case .all: []
    }
  }
}

extension Options {
  /// True if the option has at least one item.
  fileprivate func givesItems(_ option: OptionName) -> Bool { self[option]?.items.isEmpty == false }
}

extension OptionReader {
  /// The value of a toggle; a wrong one is not reported.
  package func isOn(_ option: OptionName) -> Bool {
    var quiet = OptionReader(options)
    return quiet.toggle(option)
  }
}
