/// A task of a contestant.
enum Task: String, CaseIterable, CustomStringConvertible {
  /// An apply in an empty namespace.
  case first = "first apply"
  /// An apply that has nothing to change.
  case again = "second apply, unchanged"
  /// A reconcile over a rule set with other excluded ports.
  case reconcile = "reconcile"

  var description: String { rawValue }
}
