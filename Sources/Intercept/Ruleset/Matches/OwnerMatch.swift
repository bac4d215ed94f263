/// `-m owner`: who owns the socket a packet comes from (`struct xt_owner_match_info`).
///
/// A packet without a socket has no owner: a plain condition does not hold for it, a negated one does.
public struct OwnerMatch: Hashable, Sendable {
  public let user: Condition<ClosedRange<UserID>>?
  public let group: Condition<ClosedRange<GroupID>>?
  /// Whether there is a socket at all; `.is(true)` and `.not(true)`.
  public let socketExists: Condition<Bool>?

  /// Makes the match; nil if nothing is asked.
  public init?(
    user: Condition<ClosedRange<UserID>>? = nil, group: Condition<ClosedRange<GroupID>>? = nil,
    socketExists: Condition<Bool>? = nil
  ) {
    guard user != nil || group != nil || socketExists != nil else { return nil }
    self.user = user
    self.group = group
    self.socketExists = socketExists
  }

  /// A socket of one user's, or of anybody else's.
  public init(user: Condition<UserID>) {
    self.user = user.map { ClosedRange($0) }
    group = nil
    socketExists = nil
  }

  /// A socket of one group's, or of anybody else's.
  public init(group: Condition<GroupID>) {
    self.group = group.map { ClosedRange($0) }
    user = nil
    socketExists = nil
  }
}

extension OwnerMatch: IptablesExtension {
  public static let name = "owner"
  public static let syntax: [OptionSyntax<OwnerMatch>] = [
    .flag("--socket-exists") { $0.socketExists ?? .is(false) },
    .value("--uid-owner") { $0.user?.map(\.text) },
    .value("--gid-owner") { $0.group?.map(\.text) },
  ]
}
