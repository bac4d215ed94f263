/// `-j CT`: settles how connection tracking will treat the packet (`struct xt_ct_target_info_v1`).
public struct CTTarget: Hashable, Sendable {
  /// The zone the packet's connection is looked up and kept in; nil leaves the default.
  public var zone: ConntrackZone?

  public init(zone: ConntrackZone?) {
    self.zone = zone
  }
}

extension CTTarget: IptablesExtension {
  public static let name = "CT"
  public static let syntax: [OptionSyntax<CTTarget>] = [
    .value("--zone") { $0.zone.map { .is($0.description) } }
  ]
}
