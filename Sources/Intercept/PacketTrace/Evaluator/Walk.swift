import NetworkValues
import RuleModel

/// Evaluation of the rules for one packet: its position, its present state, and decisions so far.
struct Walk<EventSink: Recorder> {
  let compiled: CompiledRuleset
  let context: HostContext
  let flow: Flow
  var packet: Packet
  let recorder: EventSink
  var assumptions: Assumptions
  /// Number of rules tried so far.
  var triedRules = 0

  /// The rule that decided, unless a later one does.
  var decidingRule: Int?
  /// The listener assigned by TPROXY.
  var listener: Port?
  /// The kind of NAT that has set the destination.
  var destinationChange: DestinationChange?
  /// True if a rule of the present evaluation of nat has set up a translation.
  var isTranslationSet = false
  /// The side that the present hook translates.
  var hookSide = AddressTranslation.Side.destination
  /// True once nat has been evaluated for the destination; for the source, see `hasSource`.
  var hasDestination = false
  var hasSource = false

  init(
    _ compiled: CompiledRuleset, _ flow: Flow, by interface: InterfaceName, in context: HostContext,
    assumptions: Assumptions, recorder: EventSink
  ) {
    self.compiled = compiled
    self.context = context
    self.flow = flow
    self.recorder = recorder
    self.assumptions = assumptions
    packet = Packet(flow, by: interface, isToSelf: context.isOwn(flow.destination.address))
    // Packets received on lo have passed OUTPUT and POSTROUTING, and their NAT.
    hasDestination = packet.inInterface == .loopback
    hasSource = hasDestination
  }
}

/// A kind of NAT of a packet's destination.
enum DestinationChange: Sendable {
  /// To this host (`REDIRECT`).
  case redirect
  case dnat
}

/// Early end of an evaluation.
enum Stop: Error {
  case dropped
  /// Dropped with an answer.
  case rejected
  /// Stopped at a target that is not modelled.
  case unknown
}

extension Walk {
  /// Evaluates all hooks until the packet is delivered, sent or dropped.
  mutating func run() -> Verdict {
    do throws(Stop) {
      switch flow.direction {
      case .outbound: try send()
      case .inbound, .forwarded: try receive()
      }
      return arrival
    } catch {
      switch error {
      case .dropped: return .drop
      case .rejected: return .reject
      case .unknown: return .unknown
      }
    }
  }

  private var arrival: Verdict {
    if let listener { return .tproxy(port: listener) }
    let destination = Endpoint(packet.destination, packet.destinationPort)
    switch destinationChange {
    case .redirect: return .redirect(to: destination)
    case .dnat: return .dnat(to: destination)
    case nil: return .accept
    }
  }

  private mutating func send() throws(Stop) {
    try run(.output)
    try run(.postrouting)
    if packet.outInterface == .loopback { try receiveOnLoopback() }
  }

  /// Packets sent on lo are received on lo: without a socket, and known to connection tracking.
  private mutating func receiveOnLoopback() throws(Stop) {
    packet.inInterface = .loopback
    packet.outInterface = nil
    packet.owner = nil
    packet.hasLeft = true
    try run(.prerouting)
    try run(.input)
  }

  private mutating func receive() throws(Stop) {
    try run(.prerouting)
    if isForThisHost { return try run(.input) }
    // The kernel does not forward packets that are assigned to a socket (`ip_forward`).
    guard listener == nil else { throw .dropped }
    packet.outInterface = flow.outInterface ?? context.route(to: packet.destination)
    try run(.forward)
    try run(.postrouting)
  }

  private var isForThisHost: Bool {
    destinationChange == .redirect || context.isOwn(packet.destination)
      || context.leadsToLoopback(packet.mark)
      || flow.direction == .inbound && context.acceptsAllInbound && destinationChange == nil
  }

  /// The incoming interface of a redirected packet, if its address is not known and it is not the pod's.
  var unknownAddress: InterfaceName? {
    guard let name = packet.inInterface, name != .loopback, name != context.podInterface,
      context.address(of: name, packet.family) == nil
    else { return nil }
    return name
  }

  /// The interface that routing selects for an outbound packet.
  var route: InterfaceName {
    let isToSelf = context.isOwn(packet.destination) || context.leadsToLoopback(packet.mark)
    return isToSelf ? .loopback : flow.interface ?? context.route(to: packet.destination)
  }
}

/// Receives the events of an evaluation.
///
/// Events are built only if recorded, so that one evaluator serves both verdicts and complete traces.
protocol Recorder {
  func record(_ event: @autoclosure () -> TraceEvent)
}

/// Discards all events.
struct NullRecorder: Recorder {
  @inline(__always)
  func record(_ event: @autoclosure () -> TraceEvent) {}
}

/// Stores all events. A class, because events are built from the evaluation that holds the recorder.
final class EventRecorder: Recorder {
  private(set) var events: [TraceEvent] = []

  func record(_ event: @autoclosure () -> TraceEvent) {
    events.append(event())
  }
}

/// Assumptions about rules that may match or not.
///
/// The first evaluation assumes that none of them matches. `advance` inverts the last assumption that is not
/// inverted yet, until all combinations have been evaluated.
struct Assumptions {
  private var answers: [(rule: Int, isMatch: Bool)] = []
  private var position = 0

  /// Maximum number of evaluations.
  static let limit = 256

  var isEmpty: Bool { answers.isEmpty }

  /// The rule of the last inverted assumption.
  var lastTurned: Int? { answers.last?.rule }

  /// The assumption about a rule, for its next evaluation.
  mutating func answer(for rule: Int) -> Bool {
    if position == answers.count { answers.append((rule, false)) }
    defer { position += 1 }
    return answers[position].isMatch
  }

  /// Prepares the next combination; false if there is none.
  mutating func advance() -> Bool {
    while let last = answers.popLast() {
      guard last.isMatch else {
        answers.append((last.rule, true))
        position = 0
        return true
      }
    }
    return false
  }
}
