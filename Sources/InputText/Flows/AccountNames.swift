package import Intercept

/// Numbers of the users and groups that a description of a connection names.
package struct AccountNames: Sendable {
  package let user: @Sendable (String) -> UserID?
  package let group: @Sendable (String) -> GroupID?

  /// No name is known: a description has to give numbers.
  package static let none = AccountNames(user: { _ in nil }, group: { _ in nil })

  package init(user: @escaping @Sendable (String) -> UserID?, group: @escaping @Sendable (String) -> GroupID?)
  {
    self.user = user
    self.group = group
  }
}
