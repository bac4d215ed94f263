/// Whether something holds, as far as one can tell.
enum Ternary: Hashable, Sendable {
  case no, yes, unknown

  init(_ isTrue: Bool) {
    self = isTrue ? .yes : .no
  }

  /// The same behind a `!`.
  func inverted(_ isInverted: Bool) -> Ternary {
    switch self {
    case .no: isInverted ? .yes : .no
    case .yes: isInverted ? .no : .yes
    case .unknown: .unknown
    }
  }
}
