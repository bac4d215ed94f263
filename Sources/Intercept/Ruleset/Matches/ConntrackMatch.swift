/// `-m conntrack`: the state of the packet's connection (`struct xt_conntrack_mtinfo3`).
public struct ConntrackMatch: Hashable, Sendable {
  public var state: Condition<ConntrackState>

  public init(state: Condition<ConntrackState>) {
    self.state = state
  }
}

extension ConntrackMatch: IptablesExtension {
  public static let name = "conntrack"
  public static let syntax: [OptionSyntax<ConntrackMatch>] = [
    .value("--ctstate") { $0.state.map(\.description) }
  ]
}
