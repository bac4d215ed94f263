import Intercept

/// A connection in words, as flags or a line of JSON give it.
struct FlowDescription {
  var direction: String?
  var to: String?
  var from: String?
  var uid: String?
  var gid: String?
  var noOwner = false
  var interface: String?
  var udp = false
  var mark: String?
  var state: String?
  var greeting = GreetingDescription()
  var listener: String?
}

/// A connection, and what the proxy is to know about it.
struct DescribedFlow {
  let flow: Flow
  /// What it begins with; nil where nobody said.
  let greeting: EnvoyGreeting?
  /// The port of the proxy's where it is taken to be delivered; nil to ask the rules.
  let listener: Port?
}

extension FlowDescription {
  /// The connection and everything said beside it.
  ///
  /// - Throws: `OptionProblem` that names what is wrong and says what would be right.
  func described() throws(OptionProblem) -> DescribedFlow {
    let port = try read("--from-listener", listener, "give a port from 1 to 65535") {
      Port($0).flatMap { $0.rawValue == 0 ? nil : $0 }
    }
    guard port == nil || !udp else {
      throw OptionProblem("--from-listener: UDP has no listener to start at; leave --udp out")
    }
    return DescribedFlow(flow: try flow(), greeting: try greeting.greeting(), listener: port)
  }

  /// The connection itself.
  ///
  /// - Throws: `OptionProblem` that names what is wrong and says what would be right.
  func flow() throws(OptionProblem) -> Flow {
    guard
      let direction = try read("direction", direction ?? "", "give outbound or inbound", Flow.Direction.init),
      let target = try read("--to", to ?? "", "give an address and a port, like 10.0.0.1:80", Endpoint.init)
    else { throw OptionProblem("say where the connection goes") }
    let source = try source(target.address.family)
    var flow = Flow(
      direction, udp ? .udp : .tcp, to: target, from: source?.address, port: source?.port,
      interface: try read("--interface", interface, "give a name like eth0", InterfaceName.init),
      owner: direction == .inbound ? nil : try owner())
    flow.mark = try read("--mark", mark, "give a number, like 1337 or 0x539", Mark.init(flowText:)) ?? 0
    flow.state =
      try read("--state", state, "give new, established, related or invalid", ConntrackState.init(flowText:))
      ?? .new
    return flow
  }

  private func read<Value>(
    _ name: String, _ text: String?, _ wanted: String, _ make: (String) -> Value?
  ) throws(OptionProblem) -> Value? {
    guard let text else { return nil }
    guard let value = make(text) else { throw OptionProblem("\(name): '\(text)': \(wanted)") }
    return value
  }

  private func source(_ family: IPFamily) throws(OptionProblem) -> (address: IPAddress, port: Port?)? {
    try read("--from", from, "give an address of \(family), and a port if you like") { text in
      let end = Endpoint(text)
      guard let address = end?.address ?? IPAddress(text), address.family == family else { return nil }
      return (address, end?.port)
    }
  }

  private func owner() throws(OptionProblem) -> SocketOwner? {
    guard !noOwner else {
      guard uid == nil, gid == nil else {
        throw OptionProblem("--no-owner: without a socket there is no uid or gid")
      }
      return nil
    }
    let wanted = "give a number from 0 to 4294967294"
    guard let user = try read("--uid", uid ?? "0", wanted, UserID.init),
      let group = try read("--gid", gid ?? user.description, wanted, GroupID.init)
    else { return nil }
    return SocketOwner(user: user, group: group)
  }
}

extension Mark {
  /// Reads a decimal number, or a hexadecimal one behind `0x`.
  init?(flowText text: String) {
    let value = text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
    guard let value else { return nil }
    self.init(rawValue: value)
  }
}

extension ConntrackState {
  /// Reads one of the states that a packet can have when tracking has seen it.
  init?(flowText text: String) {
    let states: [String: ConntrackState] = [
      "new": .new, "established": .established, "related": .related, "invalid": .invalid,
    ]
    guard let state = states[text.lowercased()] else { return nil }
    self = state
  }
}
