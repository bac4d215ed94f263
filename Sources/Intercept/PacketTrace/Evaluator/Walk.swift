import NetworkValues
import RuleModel

/// A packet's walk through the rules: where it is, what it has become, and what has been decided.
struct Walk<Listener: Recorder> {
  let program: Program
  let surroundings: HostContext
  let flow: Flow
  var packet: Packet
  let recorder: Listener
  var guesses: Assumptions
  /// How many rules the chains have that were walked through.
  var passedRules = 0

  /// The rule that decided, or would have if none had come after it.
  var decider: Int?
  /// The listener that TPROXY has found.
  var listener: Port?
  var isRedirected = false
  /// Whether NAT has decided about the connection's two ends; it does so once for each.
  var hasDestination = false
  var hasSource = false

  init(
    _ program: Program, _ flow: Flow, by interface: InterfaceName, in surroundings: HostContext,
    guesses: Assumptions, recorder: Listener
  ) {
    self.program = program
    self.surroundings = surroundings
    self.flow = flow
    self.recorder = recorder
    self.guesses = guesses
    packet = Packet(flow, by: interface, isToSelf: surroundings.isOwn(flow.destination.address))
    // What comes in by lo has left by OUTPUT, and NAT has decided there.
    hasDestination = packet.inInterface == .loopback
    hasSource = hasDestination
  }
}

/// Why a walk ends before its goal.
enum Stop: Error {
  case dropped
  /// At a rule of which nobody can tell what it does.
  case unknown
}

extension Walk {
  /// Goes the whole way.
  mutating func run() -> Verdict {
    do throws(Stop) {
      switch flow.direction {
      case .outbound: try leave()
      case .inbound: try enter()
      }
      return arrival
    } catch {
      return error == .dropped ? .drop : .unknown
    }
  }

  private var arrival: Verdict {
    if let listener { return .tproxy(port: listener) }
    guard isRedirected else { return .accept }
    return .redirect(to: Endpoint(packet.destination, packet.destinationPort))
  }

  private mutating func leave() throws(Stop) {
    try pass(.output)
    try pass(.postrouting)
    if packet.outInterface == .loopback { try comeBack() }
  }

  /// What is sent by lo comes in by lo: without its socket, and already known to connection tracking.
  private mutating func comeBack() throws(Stop) {
    packet.inInterface = .loopback
    packet.outInterface = nil
    packet.owner = nil
    packet.hasLeft = true
    try pass(.prerouting)
    try pass(.input)
  }

  private mutating func enter() throws(Stop) {
    try pass(.prerouting)
    if isForThisHost { return try pass(.input) }
    // The kernel forwards nothing that has been given to a socket (`ip_forward`).
    guard listener == nil else { throw .dropped }
    packet.outInterface = .eth0
    try pass(.forward)
    try pass(.postrouting)
  }

  private var isForThisHost: Bool {
    surroundings.takesInboundAsOwn || isRedirected || surroundings.isOwn(packet.destination)
      || surroundings.leadsToLoopback(packet.mark)
  }

  /// The interface that routing picks for a packet that leaves.
  var route: InterfaceName {
    let isToSelf = surroundings.isOwn(packet.destination) || surroundings.leadsToLoopback(packet.mark)
    return isToSelf ? .loopback : flow.interface ?? .eth0
  }
}
