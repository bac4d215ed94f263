public import NetworkValues

/// `-m conntrack`: what connection tracking knows of the packet (`struct xt_conntrack_mtinfo3`).
@dynamicMemberLookup
public struct ConntrackMatch: Hashable, Sendable {
  /// What is asked; at least one thing.
  public let conditions: ConntrackConditions

  /// Makes the match; nil if nothing is asked.
  public init?(_ conditions: ConntrackConditions) {
    guard conditions != ConntrackConditions() else { return nil }
    self.conditions = conditions
  }

  /// A packet whose connection is in one of some states, or in none of them.
  public init(state: Condition<ConntrackState>) {
    conditions = ConntrackConditions(state: state)
  }

  public subscript<Value>(dynamicMember member: KeyPath<ConntrackConditions, Value>) -> Value {
    conditions[keyPath: member]
  }
}

/// What `-m conntrack` can ask, each condition being there or not.
public struct ConntrackConditions: Hashable, Sendable {
  public var state: Condition<ConntrackState>?
  public var proto: Condition<IPProtocol>?
  public var originalSource: Condition<CIDR>?
  public var originalDestination: Condition<CIDR>?
  public var replySource: Condition<CIDR>?
  public var replyDestination: Condition<CIDR>?
  public var originalSourcePorts: Condition<PortRange>?
  public var originalDestinationPorts: Condition<PortRange>?
  public var replySourcePorts: Condition<PortRange>?
  public var replyDestinationPorts: Condition<PortRange>?
  public var status: Condition<ConntrackStatus>?
  /// How many seconds the connection has to live.
  public var expiry: Condition<ClosedRange<UInt32>>?
  public var direction: ConntrackDirection?

  public init(state: Condition<ConntrackState>? = nil) {
    self.state = state
  }
}

extension ConntrackConditions: ExtensionOptions {
  init() {
    self.init(state: nil)
  }
}

extension ConntrackMatch: DescribedExtension {
  public static let name = "conntrack"
  static let syntax: [OptionSyntax<ConntrackConditions>] = [
    .value("--ctstate", in: \.state, as: .connectionStates),
    .value("--ctproto", in: \.proto, as: .protocolNumber),
    .value("--ctorigsrc", in: \.originalSource, as: .block),
    .value("--ctorigdst", in: \.originalDestination, as: .block),
    .value("--ctreplsrc", in: \.replySource, as: .block),
    .value("--ctrepldst", in: \.replyDestination, as: .block),
    .value("--ctorigsrcport", in: \.originalSourcePorts, as: .ports),
    .value("--ctorigdstport", in: \.originalDestinationPorts, as: .ports),
    .value("--ctreplsrcport", in: \.replySourcePorts, as: .ports),
    .value("--ctrepldstport", in: \.replyDestinationPorts, as: .ports),
    .value("--ctstatus", in: \.status, as: .connectionStatus),
    .value("--ctexpire", in: \.expiry, as: .seconds),
    .value("--ctdir", in: \.direction, as: .connectionDirection),
  ]

  var options: ConntrackConditions { conditions }

  init(_ options: ConntrackConditions, in context: ReadingContext) throws(ExtensionProblem) {
    guard let match = ConntrackMatch(options) else {
      throw .wants("an option, such as --ctstate")
    }
    self = match
  }
}
