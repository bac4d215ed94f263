import Intercept

extension IstioPort {
  /// The addresses at which connections to the port arrive after NAT, and where none of the sockets listens.
  ///
  /// Captured connections of every family must arrive. Other clients choose the family.
  func missedArrivals(
    _ listeners: [ListeningSocket], _ families: [IPFamily], _ configuration: Configuration,
    _ host: HostContext
  ) -> [IPAddress] {
    let missed = families.map { family in
      arrivals(family, configuration, host).filter { address in
        !listeners.contains { $0.accepts(at: address) }
      }
    }
    switch scope {
    case .captured: return missed.flatMap(\.self)
    case .loopback, .anywhere: return missed.contains(where: \.isEmpty) ? [] : missed.flatMap(\.self)
    }
  }

  /// An address for documentation stands for those of a pod that are not known: sockets for any address accept it.
  private func arrivals(
    _ family: IPFamily, _ configuration: Configuration, _ host: HostContext
  ) -> [IPAddress] {
    let pod = host.podAddress(family) ?? .examplePod(family)
    switch scope {
    case .loopback, .captured(.outbound): return [.localhost(family)]
    case .anywhere: return [pod]
    // The proxy's calls of its own pod are redirected on lo.
    case .captured:
      let redirected = host.redirectedArrivals(family, configuration)
      return [.localhost(family)] + (redirected.isEmpty ? [pod] : redirected)
    }
  }
}

extension HostContext {
  /// The first address of each captured interface, to which REDIRECT sends connections of other hosts.
  fileprivate func redirectedArrivals(_ family: IPFamily, _ configuration: Configuration) -> [IPAddress] {
    let interfaces = interfaceAddresses.filter { name, _ in
      name != .loopback && !configuration.excludesInterface(name.description)
    }
    return interfaces.sorted { $0.key.description < $1.key.description }.compactMap { _, addresses in
      addresses.first { $0.family == family && $0.isGlobal }
    }
  }
}

extension ListeningSocket {
  /// True if the socket accepts connections that arrive at an address.
  fileprivate func accepts(at address: IPAddress) -> Bool {
    takes(address.family) && (isForAnyAddress || self.address.unmapped == address)
  }
}
