public import NetworkValues

/// `-m conntrack`: the packet's connection.
///
/// The corresponding C type is `struct xt_conntrack_mtinfo3`.
@dynamicMemberLookup
public struct ConntrackMatch: Hashable, Sendable {
  /// The conditions; at least one.
  public let conditions: ConntrackConditions

  /// Makes the match; nil without a condition.
  public init?(_ conditions: ConntrackConditions) {
    guard conditions != ConntrackConditions() else { return nil }
    self.conditions = conditions
  }

  /// Matches packets in one of some states, or in none of them.
  public init(state: Condition<ConntrackState>) {
    conditions = ConntrackConditions(state: state)
  }

  public subscript<Value>(dynamicMember member: KeyPath<ConntrackConditions, Value>) -> Value {
    conditions[keyPath: member]
  }
}

/// The conditions of `-m conntrack`, each present or not.
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
  /// Seconds until the connection expires.
  public var expiry: Condition<ClosedRange<UInt32>>?
  public var direction: ConntrackDirection?

  public init(state: Condition<ConntrackState>? = nil) {
    self.state = state
  }
}

extension ConntrackConditions: ExtensionArguments {
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

  var arguments: ConntrackConditions { conditions }

  init(_ arguments: ConntrackConditions, in context: ReadingContext) throws(ExtensionProblem) {
    guard let match = ConntrackMatch(arguments) else {
      throw .wants("an option, such as --ctstate")
    }
    self = match
  }
}

/// `-m state`: the old name of `-m conntrack --ctstate`, which the kernel keeps (`XT_CONNTRACK_STATE_ALIAS`).
public struct StateMatch: Hashable, Sendable {
  public var state: Condition<ConntrackState>

  public init(_ state: Condition<ConntrackState>) {
    self.state = state
  }
}

extension StateMatch: DescribedExtension {
  struct Arguments: ExtensionArguments {
    var state: Condition<ConntrackState>?
  }

  public static let name = "state"
  static let syntax: [OptionSyntax<Arguments>] = [
    .value("--state", in: \.state, as: .trackingStates)
  ]

  var arguments: Arguments { Arguments(state: state) }

  init(_ arguments: Arguments, in context: ReadingContext) throws(ExtensionProblem) {
    guard let state = arguments.state else { throw Self.missing("--state") }
    self.state = state
  }
}

extension ArgumentSyntax where Value == ConntrackState {
  /// The states of `-m state`.
  static var trackingStates: ArgumentSyntax {
    states(
      [
        (.invalid, "INVALID"), (.new, "NEW"), (.established, "ESTABLISHED"), (.related, "RELATED"),
        (.untracked, "UNTRACKED"),
      ], wants: "states, such as RELATED,ESTABLISHED")
  }

  /// The states of `-m conntrack`: those of `-m state`, SNAT and DNAT.
  static var connectionStates: ArgumentSyntax {
    states(
      [
        (.invalid, "INVALID"), (.new, "NEW"), (.established, "ESTABLISHED"), (.related, "RELATED"),
        (.untracked, "UNTRACKED"), (.sourceTranslated, "SNAT"), (.destinationTranslated, "DNAT"),
      ], wants: "states, such as RELATED,ESTABLISHED")
  }

  private static func states(_ names: [(value: ConntrackState, name: String)], wants: String)
    -> ArgumentSyntax
  {
    ArgumentSyntax(reader: .names(names, wants: wants)) { $0.description }
  }
}

extension ArgumentSyntax where Value == ConntrackStatus {
  static var connectionStatus: ArgumentSyntax {
    let names: [(value: ConntrackStatus, name: String)] = [([], "NONE")] + ConntrackStatus.names
    return ArgumentSyntax(reader: .names(names, wants: "NONE or EXPECTED,SEEN_REPLY,ASSURED,CONFIRMED")) {
      $0.description
    }
  }
}

extension ArgumentSyntax where Value == ConntrackDirection {
  static var connectionDirection: ArgumentSyntax {
    ArgumentSyntax(wants: "ORIGINAL or REPLY") { text, _ in
      ConntrackDirection(rawValue: text.uppercased())
    } write: {
      $0.rawValue
    }
  }
}

extension ArgumentSyntax where Value == IPProtocol {
  /// A protocol by number or name; printed as a number.
  static var protocolNumber: ArgumentSyntax {
    ArgumentSyntax(wants: "a protocol's name or number 1-255") { text, context in
      IPProtocol(text, names: context.names).flatMap { $0.rawValue == 0 ? nil : $0 }
    } write: {
      String($0.rawValue)
    }
  }
}

extension ArgumentSyntax where Value == ClosedRange<UInt32> {
  /// A number of seconds or a range: `60`, `60:3600`, `:60`, `60:`.
  static var seconds: ArgumentSyntax {
    ArgumentSyntax(wants: "a number 0-4294967295 or a range 60:3600") { text, _ in
      let ends = text.split(separator: ":", omittingEmptySubsequences: false)
      guard ends.count <= 2, let first = ends[0].isEmpty ? 0 : UInt32(cText: ends[0]) else { return nil }
      guard ends.count == 2 else { return first...first }
      guard let last = ends[1].isEmpty ? .max : UInt32(cText: ends[1]), first <= last else { return nil }
      return first...last
    } write: {
      $0.lowerBound == $0.upperBound ? String($0.lowerBound) : "\($0.lowerBound):\($0.upperBound)"
    }
  }
}
