/// How often values are mentioned, so that a single changed rule does not mislead.
struct Mentions<Value: Hashable> {
  /// In the order in which they come, each once.
  private(set) var values: [Value] = []
  private var counts: [Value: Int] = [:]

  init(_ mentions: [Value]) {
    for value in mentions {
      if counts[value] == nil { values.append(value) }
      counts[value, default: 0] += 1
    }
  }

  /// Those mentioned more than once.
  var frequent: [Value] { values.filter { count($0) > 1 } }

  /// The one mentioned most often; of equals the first.
  var leading: Value? { values.reversed().max { count($0) < count($1) } }

  private func count(_ value: Value) -> Int { counts[value] ?? 0 }
}
