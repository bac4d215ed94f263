/// A process of a network namespace.
public struct NamespaceProcess: Hashable, Sendable {
  public let id: Int32
  /// The name of its program (`comm`).
  public let name: String
  /// The file-system user, which owner matches compare for the sockets that it makes.
  public let user: UserID
  /// The file-system group.
  public let group: GroupID
  /// The process that started it.
  public let parent: Int32

  public init(id: Int32, name: String, user: UserID, group: GroupID, parent: Int32 = 0) {
    self.id = id
    self.name = name
    self.user = user
    self.group = group
    self.parent = parent
  }
}
