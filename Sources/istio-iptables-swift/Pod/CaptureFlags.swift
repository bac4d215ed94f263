import Inspection
import Installation
import Intercept
import Netfilter

/// What the user says about the place of a capture; the namespace tells the rest.
struct CaptureFlags {
  private let ports: [Port]
  private let addresses: [IPAddress]
  private let interface: InterfaceName?

  /// - Throws: `InvalidOptions` with every mistake.
  init(ports: [String], addresses: [String], interface: String?) throws(InvalidOptions) {
    var problems: [OptionProblem] = []
    func read<Value>(_ name: String, _ texts: [String], _ wanted: String, _ make: (String) -> Value?)
      -> [Value]
    {
      texts.compactMap { text in
        if let value = make(text) { return value }
        problems.append(OptionProblem("\(name): '\(text)': \(wanted)"))
        return nil
      }
    }
    self.ports = read("--port", ports, "give a port, 1-65535") { Port($0).flatMap { $0 == 0 ? nil : $0 } }
    self.addresses = read("--address", addresses, "give an address, like 10.244.1.7") { IPAddress($0) }
    self.interface =
      read("--interface", [interface].compactMap(\.self), "give a name like eth0") {
        InterfaceName($0)
      }.first
    guard problems.isEmpty else { throw InvalidOptions(problems: problems) }
  }

  /// The place itself: without a look into the namespace where the user has given addresses.
  func site(_ settings: Settings) throws -> CaptureSite {
    guard addresses.isEmpty else {
      return CaptureSite(interface ?? .eth0, addresses, appPorts: ports.isEmpty ? [Self.example] : ports)
    }
    return try NetworkNamespace(settings.run.namespace).run {
      guard let network = try PodNetwork.read(interface) else {
        let place = interface.map { "interface \($0)" } ?? "the namespace"
        throw CommandError("\(place) has no address besides those of loopback; give one with --address")
      }
      return CaptureSite(
        network.interface, network.addresses, appPorts: try appPorts(settings),
        clientPorts: network.clientPorts)
    }
  }

  private func appPorts(_ settings: Settings) throws -> [Port] {
    guard ports.isEmpty else { return ports }
    let listeners = try NamespaceListeners.read().sockets
    let report = PortReport(settings.configuration, probePort: settings.run.probePort, listeners)
    let found = Set(
      report.others.filter { !settings.configuration.proxyUsers.map(Optional.init).contains($0.user) }.map(
        \.port))
    if found.isEmpty { Console.note("no app listens here; port \(Self.example) stands for its port") }
    return found.isEmpty ? [Self.example] : found.sorted()
  }

  /// What stands for the app's port where nobody knows it.
  private static let example: Port = 8080
}

/// The words that run a command in a namespace.
struct NamespaceEntry {
  let words: [String]

  init(_ namespace: RunOptions.Namespace) {
    switch namespace {
    case .current: words = []
    case .path(let path): words = ["nsenter", "--net=\(path)"]
    case .process(let pid): words = ["nsenter", "-t", "\(pid)", "-n"]
    }
  }
}
