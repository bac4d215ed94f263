import KubernetesObjects

/// A label and its value.
struct Label: Hashable, Sendable {
  let key: String
  let value: String
}

/// Finds the objects that a selector selects.
struct LabelIndex: Sendable {
  private var byLabel: [Label: [Int]] = [:]
  private let labels: [[String: String]]

  init(_ labels: [[String: String]]) {
    self.labels = labels
    for (index, labels) in labels.enumerated() {
      for (key, value) in labels { byLabel[Label(key: key, value: value), default: []].append(index) }
    }
  }

  /// Returns the objects with every label of a selector, searching those with its rarest label.
  func indexes(_ selector: [String: String]) -> [Int] {
    let candidates = selector.map { byLabel[Label(key: $0.key, value: $0.value)] ?? [] }
    guard let fewest = candidates.min(by: { $0.count < $1.count }) else { return [] }
    return fewest.filter { selector.isSatisfied(by: labels[$0]) }
  }
}

/// Finds the selectors that select an object. Each selector is indexed by its rarest label.
struct SelectorIndex: Sendable {
  private struct Anchor: Hashable {
    let namespace: String
    let label: Label
  }

  private let selectors: [[String: String]]
  private var byAnchor: [Anchor: [Int]] = [:]

  /// - Parameter selectors: each with the namespace in which it selects; empty selectors select nothing.
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

  /// Returns the selectors of a namespace that select these labels.
  func indexes(selecting labels: [String: String], in namespace: String) -> [Int] {
    labels.flatMap { key, value in
      byAnchor[Anchor(namespace: namespace, label: Label(key: key, value: value))] ?? []
    }.filter { selectors[$0].isSatisfied(by: labels) }.sorted()
  }
}
