import NetworkValues

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
  /// Reads `1337`, `1000-2000` or `1000:2000`; nil if it is none.
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
