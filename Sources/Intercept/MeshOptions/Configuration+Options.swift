public import MeshRules
public import NetworkValues

extension Configuration {
  /// Reads the options that change the rules.
  ///
  /// Mistakes and warnings stay in the reader; the configuration must not be used before its `finish`.
  ///
  /// - Parameters:
  ///   - reader: the options; it keeps mistakes and warnings.
  ///   - facts: names, addresses and DNS servers of the host; read only if needed.
  public init(reading reader: inout OptionReader, facts: some HostFacts) {
    self.init()
    readRelease(&reader)
    readProxy(&reader, facts)
    readInbound(&reader)
    readOutbound(&reader)
    readOwnerGroups(&reader, facts)
    readFamilies(&reader, facts)
    readDNS(&reader, facts)
    dropsInvalid = reader.toggle(.dropInvalid)
  }

  private mutating func readRelease(_ reader: inout OptionReader) {
    release = reader.release(.istioRelease) ?? release
    _ = reader.choice(.profile, Options.profiles.map { ($0.name, ()) })
  }

  private mutating func readProxy(_ reader: inout OptionReader, _ facts: some HostFacts) {
    proxyPort = reader.port(.envoyPort, default: proxyPort)
    inboundCapturePort = reader.port(.inboundCapturePort, default: inboundCapturePort)
    inboundTunnelPort = reader.port(.inboundTunnelPort, default: inboundTunnelPort)
    let users = reader.owners(.proxyUID, of: "a user", find: facts.user)
    proxyUsers = users.isEmpty ? [reader.defaultUser(facts)] : users
    let given = reader.owners(.proxyGID, of: "a group", find: facts.group)
    let groups = given.isEmpty ? reader.groupsCalledLikeUsers(users, facts) : given
    proxyGroups = groups.isEmpty ? proxyUsers.map(GroupID.init(ofSameNumber:)) : groups
  }

  private mutating func readInbound(_ reader: inout OptionReader) {
    let excluded = reader.ports(.excludedInboundPorts)
    inboundPorts = reader.inboundPorts(except: excluded)
    let isTProxy =
      reader.choice(.interceptionMode, [("REDIRECT", false), ("TPROXY", true), ("", false)]) ?? false
    let mark = reader.value(.tproxyMark, wanted: "give a mark 1-4294967295", Mark.init(optionText:)) ?? 1337
    let table =
      reader.value(
        .tproxyRouteTable, wanted: "give a routing table 1-252 or 256-4294967295",
        RouteTable.init(optionText:))
      ?? 133
    if isTProxy { interception = .tproxy(mark: mark, table: table) }
    excludedInterfaces = reader.interfaces(.excludedInterfaces)
    virtualInterfaces = reader.interfaces(.virtualInterfaces)
  }

  private mutating func readOutbound(_ reader: inout OptionReader) {
    outboundCIDRs = reader.writtenCIDRsOrStar(.outboundCIDRs).map(OutboundCIDRs.only) ?? .all
    excludedOutboundCIDRs = reader.cidrs(.excludedOutboundCIDRs)
    outboundPorts = reader.ports(.outboundPorts)
    excludedOutboundPorts = reader.ports(.excludedOutboundPorts)
    loopbackCIDR =
      reader.value(.loopbackCIDR, wanted: "give a block within 127.0.0.0/8, like 127.0.0.1/32") { text in
        CIDR(text).flatMap { $0.family == .ipv4 && $0.network.isLoopback && $0.prefixLength >= 8 ? $0 : nil }
      } ?? loopbackCIDR
  }

  private mutating func readOwnerGroups(_ reader: inout OptionReader, _ facts: some HostFacts) {
    let excluded = reader.owners(.excludedOwnerGroups, of: "a group", find: facts.group)
    guard reader.options[.ownerGroups] != nil else {
      ownerGroups = .all(except: excluded)
      return
    }
    let included = reader.ownersOrStar(.ownerGroups, of: "a group", find: facts.group)
    ownerGroups = included.map(OwnerGroups.only) ?? .all(except: excluded)
  }

  private mutating func readFamilies(_ reader: inout OptionReader, _ facts: some HostFacts) {
    let pastFirst = reader.toggle(.dualStack)
    let isDual = reader.choice(.ipFamily, [("auto", nil), ("ipv4", false), ("dual", true)]) ?? nil
    do {
      includesIPv6 = try isDual ?? facts.usesIPv6(pastFirst: pastFirst)
    } catch {
      reader.complain(
        OptionProblem(askingHost: error, instead: "give --ip-family ipv4 or dual instead"))
    }
  }

  private mutating func readDNS(_ reader: inout OptionReader, _ facts: some HostFacts) {
    let isOn = reader.toggle(.redirectDNS)
    let isEverywhere = reader.toggle(.captureAllDNS)
    let servers = reader.list(
      .dnsServers, of: "an address", wanted: "give addresses like 10.96.0.10 or fd00::10",
      IPAddress.init(scoped:))
    guard isOn else { return }
    if isEverywhere {
      dns = .all
    } else if reader.options[.dnsServers] != nil {
      dns = .servers(servers)
    } else {
      do {
        let found = try facts.nameservers()
        let limit = ResolverConfiguration.serverLimit
        dns = .servers(Array(found.prefix(limit)))
        if found.count > limit {
          reader.warn(
            .dnsServers,
            "resolv.conf has \(found.count) nameservers; the first \(limit) are captured, since libresolv asks no others"
          )
        }
      } catch {
        reader.complain(OptionProblem(askingHost: error, instead: "give --dns-servers instead"))
      }
    }
  }
}

extension OptionReader {
  /// Istio treats any text but an empty one as a list, even if it names no port.
  fileprivate mutating func inboundPorts(except excluded: [PortRange]) -> InboundPorts {
    guard let ports = portsOrStar(.inboundPorts) else { return .all(except: excluded) }
    return options[.inboundPorts]?.text.trimmingBlanks().isEmpty ?? true ? .none : .only(ports)
  }

  /// The proxy's user for want of `--proxy-uid`: that of the name in `$ENVOY_USER`, else 1337.
  fileprivate func defaultUser(_ facts: some HostFacts) -> UserID {
    facts.user(named: options.envoyUser) ?? .defaultProxy
  }

  /// The proxy's groups for want of `--proxy-gid`: Istio reads `--proxy-uid` once more, as groups.
  fileprivate mutating func groupsCalledLikeUsers(_ users: [UserID], _ facts: some HostFacts) -> [GroupID] {
    // A mistake in either is already reported.
    guard (options[.proxyGID]?.items ?? []).isEmpty, options[.proxyUID]?.items.count == users.count else {
      return []
    }
    return owners(.proxyUID, of: "a group, and no --proxy-gid is given", find: facts.group)
  }
}

extension GroupID {
  /// The group with a user's number, Istio's default.
  fileprivate init(ofSameNumber user: UserID) {
    self.init(known: user.rawValue)
  }
}

extension Mark {
  /// Reads a decimal number, or a hexadecimal one after `0x`; zero is not a mark.
  fileprivate init?(optionText text: String) {
    let value = text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(decimal: text)
    guard let value, value != 0, !text.hasPrefix("0x+") else { return nil }
    self.init(rawValue: value)
  }
}

extension RouteTable {
  /// Reads a number; not that of the tables every namespace has: default, main and local.
  fileprivate init?(optionText text: String) {
    guard let value = UInt32(decimal: text), value != 0, !(253...255).contains(value) else { return nil }
    self.init(rawValue: value)
  }
}

extension IPAddress {
  /// Reads an address and drops a scope (`fe80::1%eth0`), which rules do not have.
  public init?(scoped text: String) {
    let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let address = IPAddress(String(first)) else { return nil }
    guard parts.count == 1 || address.family == .ipv6 && !parts[1].isEmpty else { return nil }
    self = address
  }
}
