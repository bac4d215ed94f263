extension [String] {
  /// The texts as an enumeration: `a, b and c`.
  ///
  /// - Parameter conjunction: the word before the last text.
  package func listed(_ conjunction: String = "and") -> String {
    dropLast().joined(separator: ", ") + (count > 1 ? " \(conjunction) " : "") + (last ?? "")
  }
}
