import CNetfilter
package import Intercept

/// A rule of the native form as it goes to the kernel.
package struct EncodedNativeRule {
  package var rule: RawRule
  /// The anonymous sets that it looks into, which go before it.
  package var sets: [LiveNativeSet]
}

extension NativeRule {
  /// The rule and its sets as `nft` writes them.
  ///
  /// - Parameter firstSet: the number of the first set in the batch; the others count up from it.
  /// - Throws: ``RuleEncodingError`` if a part is kept as text only, or cannot be said to the kernel.
  package func encoded(
    table: String, chain: String, firstSet: SetID = SetID(rawValue: 1)
  ) throws(RuleEncodingError) -> EncodedNativeRule {
    var writer = NativeRuleWriter(table: table, firstSet: firstSet)
    var userdata: [UInt8] = []
    do {
      for match in matches { try writer.write(match) }
      for statement in statements { try writer.write(statement) }
      if let comment { userdata = try Self.userdata(comment) }
    } catch {
      throw RuleEncodingError(rule: nftText, part: error.part, reason: error.reason)
    }
    let rule = RawRule(
      family: .inet, table: table, chain: chain, userdata: userdata, expressions: writer.expressions)
    return EncodedNativeRule(rule: rule, sets: writer.sets)
  }

  private static func userdata(_ comment: NativeComment) throws(PartEncodingError) -> [UInt8] {
    do {
      return try RuleComment(comment.description).userdata
    } catch {
      throw PartEncodingError("comment", "\(error)")
    }
  }
}

/// The expressions of a native rule and the sets that they look into, as they come.
struct NativeRuleWriter {
  private(set) var expressions: [Expression] = []
  private(set) var sets: [LiveNativeSet] = []
  private let table: String
  private var nextSet: UInt32

  init(table: String, firstSet: SetID) {
    self.table = table
    nextSet = firstSet.rawValue
  }

  mutating func append(_ new: Expression...) { expressions += new }

  /// Looks a field up among values, in a set of their own.
  mutating func lookUp(_ field: NativeField, in values: RangeSet, isNegated: Bool) {
    let id = SetID(rawValue: nextSet)
    nextSet += 1
    sets.append(NativeSetContents.set(of: values, field, table: table, id: id))
    append(
      .lookup(LookupExpression(.r1, in: NativeSetContents.name, setID: id, isInverted: isNegated)))
  }
}

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

extension BaseChain {
  /// A base chain of the native form.
  package init(_ base: NativeBaseChain) {
    self.init(
      type: ChainType(rawValue: base.kind.rawValue), hook: Hook(base.hook), priority: base.priority,
      policy: Policy(base.policy))
  }
}

extension NativeBaseChain {
  /// Nil if the kernel's is of a type or at a hook that the model does not have.
  init?(_ base: BaseChain) {
    guard let kind = Kind(rawValue: base.type.rawValue),
      let hook = Intercept.Hook.allCases.first(where: { BaseChain.Hook($0) == base.hook })
    else { return nil }
    self.init(kind, hook, priority: base.priority, policy: base.policy == .drop ? .drop : .accept)
  }
}
