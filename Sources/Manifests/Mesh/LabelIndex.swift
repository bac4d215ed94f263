/// A label with its value.
struct Label: Hashable, Sendable {
  let key: String
  let value: String
}

/// Objects by their labels, or by those they select.
struct LabelIndex: Sendable {
  private var byLabel: [Label: [Int]] = [:]
  private let labels: [[String: String]]

  init(_ labels: [[String: String]]) {
    self.labels = labels
    for (index, labels) in labels.enumerated() {
      for (key, value) in labels { byLabel[Label(key: key, value: value), default: []].append(index) }
    }
  }

  /// The objects that have every label of a selector: looked for among those that have its rarest one.
  func indexes(_ selector: [String: String]) -> [Int] {
    let candidates = selector.map { byLabel[Label(key: $0.key, value: $0.value)] ?? [] }
    guard let fewest = candidates.min(by: { $0.count < $1.count }) else { return [] }
    return fewest.filter { selector.isSatisfied(by: labels[$0]) }
  }
}

/// Selectors, by the one of their labels that the fewest selectors have.
struct SelectorIndex: Sendable {
  private struct Anchor: Hashable {
    let namespace: String
    let label: Label
  }

  private let selectors: [[String: String]]
  private var byAnchor: [Anchor: [Int]] = [:]

  /// - Parameter selectors: each with the namespace in which it selects; empty ones select nothing.
  init(_ selectors: [(namespace: String, selector: [String: String])]) {
    self.selectors = selectors.map(\.selector)
    var counts: [Label: Int] = [:]
    for (key, value) in selectors.flatMap(\.selector) {
      counts[Label(key: key, value: value), default: 0] += 1
    }
    for (index, (namespace, selector)) in selectors.enumerated() {
      let labels = selector.map { Label(key: $0.key, value: $0.value) }
      guard let rarest = labels.min(by: { counts[$0, default: 0] < counts[$1, default: 0] }) else { continue }
      byAnchor[Anchor(namespace: namespace, label: rarest), default: []].append(index)
    }
  }

  /// The selectors that select something with these labels.
  func indexes(selecting labels: [String: String], in namespace: String) -> [Int] {
    labels.flatMap { key, value in
      byAnchor[Anchor(namespace: namespace, label: Label(key: key, value: value))] ?? []
    }.filter { selectors[$0].isSatisfied(by: labels) }.sorted()
  }
}
