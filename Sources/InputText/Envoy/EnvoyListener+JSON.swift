import Intercept

extension EnvoyListener {
  /// Reads a listener, in version 2 or 3 of the API; nil if it accepts no TCP connections.
  ///
  /// - Throws: `MalformedEnvoy` for an invalid address or match.
  init?(_ json: EnvoyObject) throws {
    let others = try json.objects("additionalAddresses").map { try $0.object("address") }
    let addresses = try ([try json.object("address")] + others).compactMap(\.self).flatMap(Self.addresses)
    let isInternal =
      try json.has("internalListener") || json.object("address")?.has("envoyInternalAddress") == true
    guard isInternal || !addresses.isEmpty else { return nil }
    let name = try json.text("name") ?? addresses.first.map { "\($0.address)_\($0.port)" } ?? ""
    do {
      self.init(
        name: name, addresses: addresses,
        bindsToPort: try json.flag("bindToPort") ?? json.object("deprecatedV1")?.flag("bindToPort") ?? true,
        usesOriginalDestination: try json.flag("useOriginalDst")
          ?? json.flag("hiddenEnvoyDeprecatedUseOriginalDst") ?? false,
        listenerFilters: try json.objects("listenerFilters").map(EnvoyListenerFilter.init),
        matcher: try json.object("filterChainMatcher").map(EnvoyMatcher.init),
        filterChains: try json.objects("filterChains").map(EnvoyFilterChain.init),
        defaultFilterChain: try json.object("defaultFilterChain").map(EnvoyFilterChain.init))
    } catch let problem as MalformedEnvoy {
      throw MalformedEnvoy("listener \(name): \(problem)")
    }
  }

  /// The addresses of a listener; empty for a pipe, an internal listener, or UDP.
  private static func addresses(_ json: EnvoyObject) throws -> [Endpoint] {
    guard let socket = try json.object("socketAddress"), try socket.text("protocol") ?? "TCP" == "TCP",
      let port = try socket.number("portValue")
    else { return [] }
    let text = try socket.text("address") ?? ""
    guard let address = IPAddress(text), let number = UInt16(exactly: port) else {
      throw MalformedEnvoy("'\(text)', port \(port): not an address of a listener")
    }
    let end = Endpoint(address, Port(rawValue: number))
    let isForBoth = try socket.flag("ipv4Compat") == true && address == IPAddress(.ipv6, bits: 0)
    return isForBoth ? [end, Endpoint(IPAddress(.ipv4, bits: 0), end.port)] : [end]
  }
}

extension EnvoyListenerFilter {
  /// Reads a listener filter; its type and its name may both identify it.
  init(_ json: EnvoyObject) throws {
    let name = try json.text("name") ?? ""
    let words = "\(name) \(try json.object("typedConfig")?.type ?? "")".lowercased()
    let known: [(String, Kind)] = [
      ("original_dst", .originalDestination), ("originaldst", .originalDestination),
      ("tls_inspector", .tlsInspector), ("tlsinspector", .tlsInspector), ("http_inspector", .httpInspector),
      ("httpinspector", .httpInspector), ("proxy_protocol", .proxyProtocol),
      ("proxyprotocol", .proxyProtocol),
    ]
    let kind = known.first { words.contains($0.0) }?.1 ?? .other(name)
    self.init(kind, disabled: try json.object("filterDisabled").map(EnvoyPortPredicate.init))
  }
}

extension EnvoyPortPredicate {
  /// Reads a `ListenerFilterChainMatchPredicate`.
  init(_ json: EnvoyObject) throws {
    func rules(_ name: String) throws -> [EnvoyPortPredicate]? {
      try json.object(name)?.objects("rules").map(EnvoyPortPredicate.init)
    }
    if let rules = try rules("orMatch") {
      self = .anyOf(rules)
    } else if let rules = try rules("andMatch") {
      self = .allOf(rules)
    } else if let inner = try json.object("notMatch") {
      self = .not(try EnvoyPortPredicate(inner))
    } else if let range = try json.object("destinationPortRange") {
      self = .ports(try range.range())
    } else {
      self = .any
    }
  }
}

extension EnvoyObject {
  /// A range with an exclusive end.
  fileprivate func range() throws -> Range<UInt32> {
    let (start, end) = (try number("start") ?? 0, try number("end") ?? 0)
    guard let lower = UInt32(exactly: start), let upper = UInt32(exactly: end), lower <= upper else {
      throw MalformedEnvoy("\(start) to \(end) is not a range of ports")
    }
    return lower..<upper
  }
}
