/// What a program is asked to do.
enum Task: String, CaseIterable, CustomStringConvertible {
  /// Into a namespace that holds nothing.
  case first = "first apply"
  /// Once more, with nothing to change.
  case again = "second apply, unchanged"
  /// Over a set with other excluded ports.
  case reconcile = "reconcile"

  var description: String { rawValue }
}
