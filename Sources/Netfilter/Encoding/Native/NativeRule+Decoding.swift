package import Intercept

extension NativeRule {
  /// Reads a rule of a native table. What is not modelled becomes opaque: nothing is lost, nothing fails.
  ///
  /// - Parameter sets: those of the table, by name.
  package init(_ raw: RawRule, sets: [String: LiveNativeSet] = [:]) {
    var reader = NativeRuleReader(sets: sets, rest: raw.expressions[...])
    reader.readAll()
    let comment = RuleComment(userdata: raw.userdata).flatMap { NativeComment($0.text) }
    self.init(reader.matches, reader.statements, comment: comment, counters: raw.counters)
  }
}

extension RawRule {
  /// What the first counter of the rule has counted.
  fileprivate var counters: Counters? {
    for case .counter(let counter) in expressions {
      return Counters(packets: counter.packets, bytes: counter.bytes)
    }
    return nil
  }
}

/// Turns expressions into matches and statements, front to back.
struct NativeRuleReader {
  let sets: [String: LiveNativeSet]
  var rest: ArraySlice<Expression>
  private(set) var matches: [NativeMatch] = []
  private(set) var statements: [NativeStatement] = []

  init(sets: [String: LiveNativeSet], rest: ArraySlice<Expression>) {
    self.sets = sets
    self.rest = rest
  }

  mutating func readAll() {
    while !rest.isEmpty {
      let start = rest
      if let match = takeMatch() {
        add(match, start.prefix(upTo: rest.startIndex))
      } else if let statement = takeStatement() {
        statements.append(statement)
      } else {
        rest = rest.dropFirst()
        addOpaque(start.prefix(1))
      }
    }
  }

  /// A match behind a statement is nothing that this program writes.
  private mutating func add(_ match: NativeMatch, _ expressions: ArraySlice<Expression>) {
    if statements.isEmpty { matches.append(match) } else { addOpaque(expressions) }
  }

  private mutating func addOpaque(_ expressions: ArraySlice<Expression>) {
    let text = expressions.map { "[\($0.text)]" }.joined(separator: " ")
    if statements.isEmpty { matches.append(.opaque(text)) } else { statements.append(.opaque(text)) }
  }
}
