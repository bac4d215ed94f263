public import NetworkValues

/// `-j CT`: configures connection tracking for the packet's connection.
///
/// The corresponding C type is `struct xt_ct_target_info_v1`.
public struct CTTarget: Hashable, Sendable {
  /// `--notrack`: the packet is not tracked.
  public var isUntracked = false
  /// The helper of the connection: `ftp`.
  public var helper: ConntrackObjectName?
  /// The timeout policy of the connection.
  public var timeout: ConntrackObjectName?
  /// The events reported to listeners; empty for the kernel's default.
  public var events: ConntrackEvents = []
  /// The events of expected connections reported to listeners.
  public var expectationEvents: ConntrackExpectationEvents = []
  /// The zone of the packet's connection; nil for the default.
  public var zone: ConntrackZoneChoice?

  public init(zone: ConntrackZone? = nil) {
    self.zone = zone.flatMap { ConntrackZoneChoice($0) }
  }
}

extension CTTarget: DescribedExtension {
  struct Arguments: ExtensionArguments {
    var isUntracked = false
    var helper: ConntrackObjectName?
    var timeout: ConntrackObjectName?
    var events: ConntrackEvents?
    var expectationEvents: ConntrackExpectationEvents?
    var zone: ConntrackZoneChoice.ID?
    var originalZone: ConntrackZoneChoice.ID?
    var replyZone: ConntrackZoneChoice.ID?
  }

  public static let name = "CT"
  static let syntax: [OptionSyntax<Arguments>] = [
    .flag("--notrack", in: \.isUntracked),
    .value("--helper", in: \.helper, as: .objectName(limit: 15)),
    .value("--timeout", in: \.timeout, as: .objectName(limit: 31)),
    .value("--ctevents", in: \.events, as: .events),
    .value("--expevents", in: \.expectationEvents, as: .events),
    .value("--zone", in: \.zone, as: .zone),
    .value("--zone-orig", in: \.originalZone, as: .zone),
    .value("--zone-reply", in: \.replyZone, as: .zone),
  ]

  var arguments: Arguments {
    let direction = zone?.direction
    return Arguments(
      isUntracked: isUntracked, helper: helper, timeout: timeout, events: events.isEmpty ? nil : events,
      expectationEvents: expectationEvents.isEmpty ? nil : expectationEvents,
      zone: direction == nil ? zone?.id : nil, originalZone: direction == .original ? zone?.id : nil,
      replyZone: direction == .reply ? zone?.id : nil)
  }

  init(_ arguments: Arguments, in context: ReadingContext) throws(ExtensionProblem) {
    let given = [(arguments.zone, nil), (arguments.originalZone, .original), (arguments.replyZone, .reply)]
      .compactMap { id, direction in id.map { ($0, direction as ConntrackDirection?) } }
    // The meaning of several zones depends on their order, which only text keeps.
    guard given.count <= 1 else { throw .notModelled }
    isUntracked = arguments.isUntracked
    helper = arguments.helper
    timeout = arguments.timeout
    events = arguments.events ?? []
    expectationEvents = arguments.expectationEvents ?? []
    zone = given.first.flatMap { ConntrackZoneChoice($0.0, in: $0.1) }
  }
}

extension ArgumentSyntax where Value == ConntrackEvents {
  static var events: ArgumentSyntax {
    let names = ConntrackEvents.names
    return ArgumentSyntax(reader: .names(names, isExact: true, wants: "events, such as new,destroy")) {
      events in
      names.filter { events.contains($0.value) }.map(\.name).joined(separator: ",")
    }
  }
}

extension ArgumentSyntax where Value == ConntrackExpectationEvents {
  static var events: ArgumentSyntax {
    ArgumentSyntax(reader: .names(ConntrackExpectationEvents.names, isExact: true, wants: "the event 'new'"))
    {
      _ in "new"
    }
  }
}

extension ArgumentSyntax where Value == ConntrackZoneChoice.ID {
  /// A zone's number, or `mark` for the packet's mark.
  static var zone: ArgumentSyntax {
    ArgumentSyntax(wants: "a zone 0-65535 or 'mark'") { text, _ in
      if text.lowercased() == "mark" { return .packetMark }
      return UInt16(cText: text).map { .number(ConntrackZone(rawValue: $0)) }
    } write: {
      switch $0 {
      case .number(let zone): zone.description
      case .packetMark: "mark"
      }
    }
  }
}

extension ArgumentSyntax where Value == ConntrackObjectName {
  /// A name. Names that exceed the kernel's field or need quotes are not modelled.
  static func objectName(limit: Int) -> ArgumentSyntax {
    ArgumentSyntax(wants: "a name") { text, _ throws(ExtensionProblem) in
      guard text.utf8.count <= limit, let name = ConntrackObjectName(text) else { throw .notModelled }
      return name
    } write: {
      $0.description
    }
  }
}
