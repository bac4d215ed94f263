import Inspection
import Installation
import Intercept
import Netfilter
import RuleCommands

/// The options of a capture; the namespace has the rest.
struct CaptureOptions {
  private let ports: [Port]
  private let addresses: [IPAddress]
  private let interface: InterfaceName?

  init(reading reader: inout OptionReader) {
    ports = reader.everyPort(.port)
    addresses = reader.values(.address, wanted: "give an address, like 10.244.1.7") { IPAddress($0) }
    interface = reader.value(.podInterface, wanted: "give a name like eth0") { InterfaceName($0) }
  }

  /// The addresses, interface and ports; the namespace is read unless addresses are given.
  func site(_ settings: Settings) throws -> CaptureSite {
    guard addresses.isEmpty else {
      return CaptureSite(interface ?? .eth0, addresses, appPorts: ports.isEmpty ? [Self.example] : ports)
    }
    return try settings.namespace.open().run {
      guard let network = try PodNetwork.read(interface) else {
        let place = interface.map { "interface \($0)" } ?? "the namespace"
        throw CommandError("\(place) has no address besides those of loopback; give one with --address")
      }
      return CaptureSite(
        network.interface, network.addresses, appPorts: try appPorts(settings),
        clientPorts: network.clientPorts)
    }
  }

  /// The interface and addresses, without those of the namespace if it has none.
  func network(_ settings: Settings) throws -> (InterfaceName, [IPAddress]) {
    guard addresses.isEmpty else { return (interface ?? .eth0, addresses) }
    return try settings.namespace.open().run {
      let network = try PodNetwork.read(interface)
      return (network?.interface ?? interface ?? .eth0, network?.addresses ?? [])
    }
  }

  private func appPorts(_ settings: Settings) throws -> [Port] {
    guard ports.isEmpty else { return ports }
    let listeners = try NamespaceListeners.read().sockets
    let report = PortReport(settings.configuration, probePort: settings.run.probePort, listeners)
    let found = Set(
      report.others.filter { !settings.configuration.proxyUsers.map(Optional.init).contains($0.user) }.map(
        \.port))
    if found.isEmpty { Console.note("no app listens here; port \(Self.example) is used as an example") }
    return found.isEmpty ? [Self.example] : found.sorted()
  }

  /// The app's port, if no app listens.
  private static let example: Port = 8080
}

/// The options of a gateway's captures.
struct GatewayOptions {
  private let written: [WrittenCIDR]
  /// True if the captures of a gateway are asked for.
  let isWanted: Bool

  init(reading reader: inout OptionReader) {
    written = reader.values(.podCIDR, wanted: "give a block of addresses, like 10.244.0.0/16") {
      WrittenCIDR($0)
    }
    isWanted = reader.toggle(.gateway)
  }

  /// - Throws: `InvalidOptions` if one of the two options is missing.
  func refuseContradictions() throws(InvalidOptions) {
    if isWanted, written.isEmpty {
      throw InvalidOptions("--gateway needs the addresses of the pods: give --pod-cidr")
    }
    if !isWanted, !written.isEmpty {
      throw InvalidOptions("--pod-cidr is for the captures of a gateway: give --gateway as well")
    }
  }

  /// The blocks of the pods' addresses, without bits after the prefix: tcpdump refuses those.
  var pods: [CIDR] { written.map(\.block) }

  /// A sentence for each block that was written with other bits.
  var corrections: [String] {
    written.filter { $0.address != $0.block.network }.map {
      "--pod-cidr \($0): tcpdump refuses bits after the prefix; the network is \($0.block)"
    }
  }
}

/// The command line prefix that runs a command in a namespace.
struct NamespaceEntry {
  let words: [String]

  init(_ namespace: SelectedNamespace) {
    switch namespace.choice {
    case .current: words = []
    // A name becomes the path that it leads to.
    case .path(let name): words = ["nsenter", "--net=\((try? namespace.open().path) ?? name)"]
    case .process(let pid): words = ["nsenter", "-t", "\(pid)", "-n"]
    case .pod: words = (try? namespace.open().path).map { ["nsenter", "--net=\($0)"] } ?? []
    }
  }
}
