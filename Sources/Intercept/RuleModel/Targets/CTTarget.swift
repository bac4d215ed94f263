public import NetworkValues

/// `-j CT`: settles how connection tracking will treat the packet (`struct xt_ct_target_info_v1`).
public struct CTTarget: Hashable, Sendable {
  /// Whether the packet is not tracked at all.
  public var isUntracked = false
  /// The helper that will look into the connection: `ftp`.
  public var helper: ConntrackObjectName?
  /// The policy that says when the connection is forgotten.
  public var timeout: ConntrackObjectName?
  /// What happenings are told to listeners; empty for all that the kernel tells anyway.
  public var events: ConntrackEvents = []
  /// The same, of connections that a helper expects.
  public var expectationEvents: ConntrackExpectationEvents = []
  /// The zone the packet's connection is looked up and kept in; nil leaves the default.
  public var zone: ConntrackZoneChoice?

  public init(zone: ConntrackZone? = nil) {
    self.zone = zone.flatMap { ConntrackZoneChoice($0) }
  }
}

extension CTTarget: DescribedExtension {
  struct Options: ExtensionOptions {
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
  static let syntax: [OptionSyntax<Options>] = [
    .flag("--notrack", in: \.isUntracked),
    .value("--helper", in: \.helper, as: .objectName(limit: 15)),
    .value("--timeout", in: \.timeout, as: .objectName(limit: 31)),
    .value("--ctevents", in: \.events, as: .events),
    .value("--expevents", in: \.expectationEvents, as: .events),
    .value("--zone", in: \.zone, as: .zone),
    .value("--zone-orig", in: \.originalZone, as: .zone),
    .value("--zone-reply", in: \.replyZone, as: .zone),
  ]

  var options: Options {
    let direction = zone?.direction
    return Options(
      isUntracked: isUntracked, helper: helper, timeout: timeout, events: events.isEmpty ? nil : events,
      expectationEvents: expectationEvents.isEmpty ? nil : expectationEvents,
      zone: direction == nil ? zone?.id : nil, originalZone: direction == .original ? zone?.id : nil,
      replyZone: direction == .reply ? zone?.id : nil)
  }

  init(_ options: Options, in context: ReadingContext) throws(ExtensionProblem) {
    let given = [(options.zone, nil), (options.originalZone, .original), (options.replyZone, .reply)]
      .compactMap { id, direction in id.map { ($0, direction as ConntrackDirection?) } }
    // What several zones together mean depends on their order: text says it better.
    guard given.count <= 1 else { throw .notModelled }
    isUntracked = options.isUntracked
    helper = options.helper
    timeout = options.timeout
    events = options.events ?? []
    expectationEvents = options.expectationEvents ?? []
    zone = given.first.flatMap { ConntrackZoneChoice($0.0, in: $0.1) }
  }
}
