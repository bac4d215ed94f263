import NetworkValues
import RuleModel

/// The rules of a chain while they are merged: rules with the same statements whose conditions differ in the values of
/// one field become one rule over a set, and rules without an effect are removed.
///
/// A rule moves to the position of an earlier one only if no verdict changes: every rule in between has the same
/// statements or excludes its packets.
struct RuleGroups {
  /// A way to merge a rule with a group: by the values of a field.
  private struct Merge {
    let group: Int
    let field: NativeField
    /// The common reason of the rule and the group.
    let reason: ReasonSummary
  }

  private let effects: ChainEffects
  private var groups: [RuleGroup] = []
  private var index = RuleGroupIndex()
  /// Index after the last group that changes packets which continue.
  private var firstUnchanged = 0

  /// The shortest equivalent list of rules that merging finds.
  static func merged(_ rules: [LoweredRule], _ effects: ChainEffects) -> [LoweredRule] {
    var rules = rules
    // Every round but the last has fewer rules or fewer values.
    while true {
      var groups = RuleGroups(effects: effects)
      for rule in rules { groups.add(rule) }
      let merged = groups.groups.map(\.merged.rule)
      guard !merged.elementsEqual(rules, by: { $0.isSame(as: $1) }) else { return rules }
      rules = merged
    }
  }

  private init(effects: ChainEffects) {
    self.effects = effects
  }
}

extension RuleGroups {
  private mutating func add(_ rule: LoweredRule) {
    let merges = rule.conditions.fields.compactMap { merge(of: rule, by: $0) }
    var rule = rule
    guard removeHandledPackets(from: &rule, merges: merges) else { return }
    for merge in merges where perform(merge, with: rule) { return }
    let group = RuleGroup(rule: rule, effect: effects.effect(of: rule.statements))
    index.append(rule)
    groups.append(group)
    if !group.effect.leavesPacketsUnchanged { firstUnchanged = groups.count }
  }

  /// A merge with the latest group that differs from the rule in the values of a field alone; nil if there is none, or
  /// the reasons have nothing in common.
  private func merge(of rule: LoweredRule, by wanted: PacketConditions.FieldCondition) -> Merge? {
    guard !wanted.condition.isNegated,
      let index = index.groups(withOthersOf: rule).last(where: {
        groups[$0].differs(from: rule, inValuesOf: wanted.field)
      }),
      groups[index].effect != .unknown,
      let reason = groups[index].rule.reason.joined(with: rule.reason)
    else { return nil }
    return Merge(group: index, field: wanted.field, reason: reason)
  }

  /// Removes values that cannot have an effect: an earlier rule already ends those packets, or has already applied the
  /// same idempotent change and nothing in between altered them.
  ///
  /// - Parameter merges: the possible merges, whose groups may keep values that they have already.
  /// - Returns: false if no packets are left.
  private mutating func removeHandledPackets(from rule: inout LoweredRule, merges: [Merge]) -> Bool {
    for index in index.groups(withSomeOthersOf: rule) {
      if !merges.contains(where: { $0.group == index }), groups[index].mayCoverWithPendingRanges(rule) {
        groups[index] = groups[index].merged
      }
      if handles(index, packetsOf: rule), !rule.conditions.remove(groups[index].rule.conditions) {
        return false
      }
    }
    return true
  }

  /// True if the rule has no effect on packets that match the group as well.
  private func handles(_ index: Int, packetsOf rule: LoweredRule) -> Bool {
    groups[index].effect == .terminal
      || index >= firstUnchanged && groups[index].rule.statements == rule.statements
  }

  /// - Returns: false if the rule must not move to the group's position.
  private mutating func perform(_ merge: Merge, with rule: LoweredRule) -> Bool {
    guard let values = rule.conditions[merge.field]?.value,
      let ranges = newRanges(values, of: rule, in: merge.group, by: merge.field)
    else { return false }
    groups[merge.group].rule.reason = merge.reason
    groups[merge.group].field = merge.field
    groups[merge.group].pendingRanges += ranges
    return true
  }

  /// The ranges that a rule adds to a group; nil if it must not move to the group's position.
  private mutating func newRanges(
    _ values: RangeSet, of rule: LoweredRule, in index: Int, by field: NativeField
  ) -> [ClosedRange<UInt128>]? {
    guard self.index.hasOtherStatements(after: index, than: rule) else { return values.ranges }
    let between = (index + 1..<groups.count).filter { groups[$0].rule.statements != rule.statements }
    for place in between + [index] { groups[place] = groups[place].merged }
    let crossed = between.map { groups[$0] }
    guard let handled = groups[index].rule.conditions[field]?.value else { return nil }
    // Packets the group already handles either never reach this rule or reach it unchanged, and applying it twice is
    // idempotent.
    let isIdempotent =
      groups[index].effect.leavesPacketsUnchanged && crossed.allSatisfy(\.effect.leavesPacketsUnchanged)
    guard isIdempotent || !handled.overlaps(values) else { return nil }
    let rest = values.subtracting(handled)
    guard !rest.isEmpty else { return [] }
    let moved = rule.conditions.with(field, rest)
    return crossed.allSatisfy { moved.excludes($0.rule.conditions) } ? rest.ranges : nil
  }
}

/// Rules that are merged into one.
struct RuleGroup {
  var rule: LoweredRule
  let effect: FallthroughEffect
  /// The field in whose values the rules differ; nil for a group of one rule.
  var field: NativeField?
  /// Ranges of merged rules that are not in `rule` yet: to add them one by one would take quadratic time.
  var pendingRanges: [ClosedRange<UInt128>] = []

  /// True if a rule has the same statements and conditions, except for the values of a field.
  func differs(from other: LoweredRule, inValuesOf field: NativeField) -> Bool {
    (self.field ?? field) == field
      && rule.conditions.isSame(as: other.conditions, exceptValuesOf: field)
      && rule.statements == other.statements
  }

  /// True if the pending ranges may cover another rule.
  func mayCoverWithPendingRanges(_ other: LoweredRule) -> Bool {
    guard let field, !pendingRanges.isEmpty else { return false }
    return other.conditions.implies(rule.conditions, ignoring: field)
  }

  /// The group with no pending ranges.
  var merged: RuleGroup {
    guard let field, !pendingRanges.isEmpty, let values = rule.conditions[field]?.value else { return self }
    let conditions = rule.conditions.with(field, RangeSet(values.ranges + pendingRanges))
    return RuleGroup(rule: rule.with(conditions), effect: effect, field: field)
  }
}

/// The common reason of merged rules: their common words, and an ellipsis for the others.
///
///     destinations in 10.0.0.0/8 are excluded from capture
///     destinations in 172.16.0.0/12 are excluded from capture
///     destinations in … are excluded from capture
struct ReasonSummary {
  /// The summary in one line; nil if no rule has a reason.
  let text: String?

  init(_ reason: String?) {
    text = reason
  }

  /// The summary of both; nil if they have too few words in common.
  func joined(with other: ReasonSummary) -> ReasonSummary? {
    guard let text, let otherText = other.text else { return text == other.text ? self : nil }
    let (bytes, otherBytes) = (text.utf8.span, otherText.utf8.span)
    let front = bytes.commonPrefixLength(otherBytes)
    if front == bytes.count, front == otherBytes.count { return self }
    let back = bytes.commonSuffixLength(otherBytes, after: front)
    // A further reason of a kind the summary already mentions.
    if bytes.isEllipsis(front..<bytes.count - back) { return self }
    guard bytes.wordCount(in: 0..<front) + bytes.wordCount(in: bytes.count - back..<bytes.count) >= 3 else {
      return nil
    }
    let words = text.utf8
    return ReasonSummary("\(Substring(words.prefix(front)))…\(Substring(words.suffix(back)))")
  }
}

/// Texts as bytes: there may be thousands of reasons, and the separators of words are ASCII.
extension Span<UInt8> {
  /// Length of the common prefix of both, in whole words.
  fileprivate func commonPrefixLength(_ other: Span<UInt8>) -> Int {
    var count = 0
    while count < min(self.count, other.count), self[count] == other[count] { count += 1 }
    while !isWordBoundary(count) || !other.isWordBoundary(count) { count -= 1 }
    return count
  }

  /// Length of the common suffix of both after a prefix, in whole words.
  fileprivate func commonSuffixLength(_ other: Span<UInt8>, after front: Int) -> Int {
    var count = 0
    let room = min(self.count, other.count) - front
    while count < room, self[self.count - count - 1] == other[other.count - count - 1] { count += 1 }
    while !isWordBoundary(self.count - count) || !other.isWordBoundary(other.count - count) { count -= 1 }
    return count
  }

  /// True if the range is an ellipsis (U+2026).
  fileprivate func isEllipsis(_ range: Range<Int>) -> Bool {
    range.count == 3 && self[range.lowerBound] == 0xE2 && self[range.lowerBound + 1] == 0x80
      && self[range.lowerBound + 2] == 0xA6
  }

  fileprivate func wordCount(in range: Range<Int>) -> Int {
    range.count { isLetter(self[$0]) && isWordBoundary($0) }
  }

  private func isWordBoundary(_ index: Int) -> Bool {
    index == 0 || index == count || isSeparator(self[index]) || isSeparator(self[index - 1])
  }

  private func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")")
      || byte == UInt8(ascii: ",")
  }

  /// True if a word may begin with the byte. Of the non-ASCII ones, 0xE2 begins punctuation such as the ellipsis.
  private func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    default: byte >= 0x80 && byte != 0xE2
    }
  }
}
