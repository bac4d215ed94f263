public import NetworkValues

/// `-m owner`: who owns the socket a packet comes from (`struct xt_owner_match_info`).
///
/// A packet without a socket has no owner: a plain condition does not hold for it, a negated one does.
public struct OwnerMatch: Hashable, Sendable {
  public let user: Condition<ClosedRange<UserID>>?
  public let group: Condition<ClosedRange<GroupID>>?
  /// `--socket-exists`: true where there must be a socket at all, false where there must be none.
  public let socketExists: Bool?
  /// `--suppl-groups`: whether the user's other groups count as `group` does.
  public let includesSupplementaryGroups: Bool

  /// Makes the match; nil if nothing is asked, or other groups should count where none is asked for.
  public init?(
    user: Condition<ClosedRange<UserID>>? = nil, group: Condition<ClosedRange<GroupID>>? = nil,
    socketExists: Bool? = nil, includesSupplementaryGroups: Bool = false
  ) {
    guard user != nil || group != nil || socketExists != nil else { return nil }
    guard group != nil || !includesSupplementaryGroups else { return nil }
    self.includesSupplementaryGroups = includesSupplementaryGroups
    self.user = user
    self.group = group
    self.socketExists = socketExists
  }

  /// A socket of one user's, or of anybody else's.
  public init(user: Condition<UserID>) {
    self.user = user.map { ClosedRange($0) }
    group = nil
    socketExists = nil
    includesSupplementaryGroups = false
  }

  /// A socket of one group's, or of anybody else's.
  public init(group: Condition<GroupID>) {
    self.group = group.map { ClosedRange($0) }
    user = nil
    socketExists = nil
    includesSupplementaryGroups = false
  }
}

extension OwnerMatch: DescribedExtension {
  struct Options: ExtensionOptions {
    var socketExists: Bool?
    var user: Condition<ClosedRange<UserID>>?
    var group: Condition<ClosedRange<GroupID>>?
    var includesSupplementaryGroups = false
  }

  public static let name = "owner"
  static let syntax: [OptionSyntax<Options>] = [
    .flag("--socket-exists", in: \.socketExists),
    .value("--uid-owner", in: \.user, as: .users),
    .value("--gid-owner", in: \.group, as: .groups),
    .supplementaryGroups("--suppl-groups"),
  ]
  static var hooks: [Hook]? { [.output, .postrouting] }

  var options: Options {
    Options(
      socketExists: socketExists, user: user, group: group,
      includesSupplementaryGroups: includesSupplementaryGroups)
  }

  init(_ options: Options, in context: ReadingContext) throws(ExtensionProblem) {
    guard
      let match = OwnerMatch(
        user: options.user, group: options.group, socketExists: options.socketExists,
        includesSupplementaryGroups: options.includesSupplementaryGroups)
    else { throw Self.missing("--uid-owner", "--gid-owner", "--socket-exists") }
    self = match
  }
}

extension OptionSyntax<OwnerMatch.Options> {
  /// The flag that iptables takes only behind the group it widens.
  fileprivate static func supplementaryGroups(_ name: String) -> OptionSyntax {
    OptionSyntax(names: [name], wordCount: 0) { options, given, _ throws(ExtensionProblem) in
      guard !given.isNegated else { throw .notNegatable }
      guard !options.includesSupplementaryGroups else { throw .repeated }
      guard options.group != nil else { throw .because("'\(name)' wants '--gid-owner' before it") }
      options.includesSupplementaryGroups = true
    } write: {
      $0.includesSupplementaryGroups ? .is("") : nil
    }
  }
}
