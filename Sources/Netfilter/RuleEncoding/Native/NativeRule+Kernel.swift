import CNetfilter
package import Intercept
package import NFTables

/// The encoding of a rule in nftables form.
package struct EncodedNativeRule {
  package var rule: RawRule
  /// The anonymous sets of the rule, which precede it in a batch.
  package var sets: [LiveNativeSet]
}

extension NativeRule {
  /// The rule and its sets as `nft` encodes them.
  ///
  /// - Parameter firstSet: the identifier of the first set in the batch; the others count up from it.
  /// - Throws: ``RuleEncodingError`` if a part is opaque or has no encoding.
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

/// Collects the expressions and sets of a rule in nftables form.
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

  /// Appends a lookup of a field in a new anonymous set of values.
  mutating func lookUp(_ field: NativeField, in values: RangeSet, isNegated: Bool) {
    let id = SetID(rawValue: nextSet)
    nextSet += 1
    sets.append(NativeSetContents.set(of: values, field, table: table, id: id))
    append(
      .lookup(LookupExpression(.r1, in: NativeSetContents.name, setID: id, isInverted: isNegated)))
  }
}

extension NativeRule {
  /// Decodes a rule in nftables form. Expressions that are not modelled become opaque.
  ///
  /// - Parameter sets: the sets of the table by name.
  package init(_ raw: RawRule, sets: [String: LiveNativeSet] = [:]) {
    var reader = NativeRuleReader(sets: sets, rest: raw.expressions[...])
    reader.readAll()
    let comment = RuleComment(userdata: raw.userdata).flatMap { NativeComment($0.text) }
    self.init(reader.matches, reader.statements, comment: comment, counters: raw.counters)
  }
}

extension RawRule {
  /// The values of the rule's first counter.
  var counters: Counters? {
    for case .counter(let counter) in expressions {
      return Counters(packets: counter.packets, bytes: counter.bytes)
    }
    return nil
  }
}

/// Decodes expressions into matches and statements, front to back.
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

  /// A match after a statement becomes opaque: this program does not write it.
  private mutating func add(_ match: NativeMatch, _ expressions: ArraySlice<Expression>) {
    if statements.isEmpty { matches.append(match) } else { addOpaque(expressions) }
  }

  private mutating func addOpaque(_ expressions: ArraySlice<Expression>) {
    let text = expressions.map { "[\($0.text)]" }.joined(separator: " ")
    if statements.isEmpty { matches.append(.opaque(text)) } else { statements.append(.opaque(text)) }
  }
}

extension BaseChain {
  /// A base chain in nftables form.
  package init(_ base: NativeBaseChain) {
    self.init(
      type: ChainType(rawValue: base.kind.rawValue), hook: HookNumber(base.hook), priority: base.priority,
      policy: PolicyVerdict(base.policy))
  }
}

extension NativeBaseChain {
  /// Nil if the type or hook is not modelled.
  package init?(_ base: BaseChain) {
    guard let kind = Kind(rawValue: base.type.rawValue),
      let hook = Hook.allCases.first(where: { BaseChain.HookNumber($0) == base.hook })
    else { return nil }
    self.init(kind, hook, priority: base.priority, policy: base.policy == .drop ? .drop : .accept)
  }
}
