public import NetworkValues

/// Who made the socket that a packet comes from.
public struct SocketOwner: Hashable, Sendable {
  public var user: UserID
  public var group: GroupID
  /// The other groups of the user; only `-m owner --suppl-groups` asks for them.
  public var supplementaryGroups: [GroupID]

  public init(user: UserID, group: GroupID, supplementaryGroups: [GroupID] = []) {
    self.user = user
    self.group = group
    self.supplementaryGroups = supplementaryGroups
  }
}

extension SocketOwner: CustomStringConvertible {
  public var description: String { "uid \(user), gid \(group)" }
}
