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
