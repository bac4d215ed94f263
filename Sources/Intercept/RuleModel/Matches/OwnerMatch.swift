public import NetworkValues

/// `-m owner`: the owner of the socket that sends a packet.
///
/// A packet without a socket has no owner: it fails a plain condition and satisfies a negated one.
/// The corresponding C type is `struct xt_owner_match_info`.
public struct OwnerMatch: Hashable, Sendable {
  public let user: Condition<ClosedRange<UserID>>?
  public let group: Condition<ClosedRange<GroupID>>?
  /// `--socket-exists`: true if the packet needs a socket, false if it must have none.
  public let socketExists: Bool?
  /// `--suppl-groups`: `group` is compared with the supplementary groups as well.
  public let includesSupplementaryGroups: Bool

  /// Makes the match; nil without a condition, and for supplementary groups without a group.
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

  /// Matches the sockets of one user, or of all others.
  public init(user: Condition<UserID>) {
    self.user = user.map { ClosedRange($0) }
    group = nil
    socketExists = nil
    includesSupplementaryGroups = false
  }

  /// Matches the sockets of one group, or of all others.
  public init(group: Condition<GroupID>) {
    self.group = group.map { ClosedRange($0) }
    user = nil
    socketExists = nil
    includesSupplementaryGroups = false
  }
}

extension OwnerMatch: DescribedExtension {
  struct Arguments: ExtensionArguments {
    var socketExists: Bool?
    var user: Condition<ClosedRange<UserID>>?
    var group: Condition<ClosedRange<GroupID>>?
    var includesSupplementaryGroups = false
  }

  public static let name = "owner"
  static let syntax: [OptionSyntax<Arguments>] = [
    .flag("--socket-exists", in: \.socketExists),
    .value("--uid-owner", in: \.user, as: .users),
    .value("--gid-owner", in: \.group, as: .groups),
    .supplementaryGroups("--suppl-groups"),
  ]
  static var hooks: [Hook]? { [.output, .postrouting] }

  var arguments: Arguments {
    Arguments(
      socketExists: socketExists, user: user, group: group,
      includesSupplementaryGroups: includesSupplementaryGroups)
  }

  init(_ arguments: Arguments, in context: ReadingContext) throws(ExtensionProblem) {
    guard
      let match = OwnerMatch(
        user: arguments.user, group: arguments.group, socketExists: arguments.socketExists,
        includesSupplementaryGroups: arguments.includesSupplementaryGroups)
    else { throw Self.missing("--uid-owner", "--gid-owner", "--socket-exists") }
    self = match
  }
}

extension OptionSyntax<OwnerMatch.Arguments> {
  /// The flag that iptables accepts only after its group.
  fileprivate static func supplementaryGroups(_ name: String) -> OptionSyntax {
    OptionSyntax(names: [name], wordCount: 0) { arguments, given, _ throws(ExtensionProblem) in
      guard !given.isNegated else { throw .notNegatable }
      guard !arguments.includesSupplementaryGroups else { throw .repeated }
      guard arguments.group != nil else { throw .because("'\(name)' needs '--gid-owner' before it") }
      arguments.includesSupplementaryGroups = true
    } write: {
      $0.includesSupplementaryGroups ? .is("") : nil
    }
  }
}

extension ArgumentSyntax where Value == ClosedRange<UserID> {
  /// A user by number or name, or a range of numbers.
  static var users: ArgumentSyntax {
    ArgumentSyntax(wants: "a user's number 0-4294967294 or a range 1000-2000") {
      text, context throws(ExtensionProblem) in
      if let user = context.names.user(text) { return ClosedRange(user) }
      return try ClosedRange(idText: text)
    } write: {
      $0.text
    }
  }
}

extension ArgumentSyntax where Value == ClosedRange<GroupID> {
  /// A group by number or name, or a range of numbers.
  static var groups: ArgumentSyntax {
    ArgumentSyntax(wants: "a group's number 0-4294967294 or a range 1000-2000") {
      text, context throws(ExtensionProblem) in
      if let group = context.names.group(text) { return ClosedRange(group) }
      return try ClosedRange(idText: text)
    } write: {
      $0.text
    }
  }
}

extension ClosedRange where Bound: OwnerID {
  /// Reads `1337`, `1000-2000` or `1000:2000`; nil for other text.
  fileprivate init?(idText text: String) throws(ExtensionProblem) {
    let ends = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "-" || $0 == ":" }
    guard let first = UInt32(cText: ends[0]).flatMap(Bound.init(rawValue:)) else { return nil }
    guard ends.count == 2 else {
      self = first...first
      return
    }
    guard let last = UInt32(cText: ends[1]).flatMap(Bound.init(rawValue:)) else { return nil }
    guard first <= last else { throw .wants("a range that begins below its end") }
    self = first...last
  }
}
