import InputText
import RuleCommands

extension AccountNames {
  /// The users and groups of this host.
  static let ofHost = AccountNames(user: NameDatabase.user, group: NameDatabase.group)
}
