extension [String: String] {
  /// Returns true if the labels have every label of this selector. An empty selector selects nothing.
  package func isSatisfied(by labels: [String: String]) -> Bool {
    !isEmpty && allSatisfy { labels[$0.key] == $0.value }
  }
}
