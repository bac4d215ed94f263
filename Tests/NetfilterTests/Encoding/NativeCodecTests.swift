import Intercept
import Netfilter
import TestSupport
import Testing

@testable import NFTables
@testable import RuleEncoding

/// Native rules are read back as they were written, and equal those that `nft` writes.
struct NativeCodecTests {
  @Test func isReadAsWritten() throws {
    var rules = RandomNativeRules(random: SeededGenerator(seed: 61))
    for _ in 0..<2_000 {
      let rule = rules.rule()
      let (raw, sets) = try rule.encoded(table: "istio-proxy-nat", chain: "c").named
      let read = NativeRule(raw, sets: sets)
      #expect(read == rule, "\(rule.nftText)\n\(read.nftText)")
      #expect(read.comment == rule.comment)
    }
  }

  @Test func whatIsNotModelledBecomesOpaque() throws {
    let foreign = RawRule(
      family: .inet, table: "t", chain: "c",
      expressions: [
        .meta(.load(.socketUID, into: .r1)), .compare(.init(.r1, .greater, [0, 0, 0, 1])), .counter(.init()),
        .meta(.load(.mark, into: .r1)), .unknown(UnknownExpression(name: "hash")),
      ])
    let rule = NativeRule(foreign)
    #expect(rule.nftText.contains("[meta load 10 => 1]") && rule.nftText.contains("[hash 0x]"))
    #expect(throws: RuleEncodingError.self) { try rule.encoded(table: "t", chain: "c") }
  }

  @Test func aSetThatIsNotTheRulesAloneIsOpaque() throws {
    let ports = RangeSet([80...80, 443...443])
    let rule = NativeRule([.field(.destinationPort, .is(ports))], [.counter])
    var (raw, sets) = try rule.encoded(table: "t", chain: "c").named
    #expect(NativeRule(raw, sets: sets) == rule)
    for name in sets.keys { sets[name] = sets[name]?.with(flags: [.constant]) }
    #expect(NativeRule(raw, sets: sets).matches != rule.matches)
    raw.expressions.removeLast()
    #expect(NativeRule(raw, sets: sets).statements == [])
  }

  @Test(
    arguments: [
      [0...0], [0...UInt128(UInt16.max)], [5...6, 9...9], [65535...65535], [0...3, 65000...65535],
    ] as [[ClosedRange<UInt128>]])
  func intervalsAreReadAsWritten(_ ranges: [ClosedRange<UInt128>]) {
    let elements = Intervals.elements(ranges, length: 2)
    #expect(Intervals.ranges(elements.shuffled(), length: 2) == ranges)
  }

  @Test func intervalsThatTouchAreRead() {
    // As `nft` writes 80-90, 91-95.
    let elements = [(80, false), (91, true), (91, false), (96, true)].map {
      RawSetElement([0, $0.0], isIntervalEnd: $0.1)
    }
    #expect(Intervals.ranges(elements, length: 2) == [80...90, 91...95])
  }
}

extension LiveNativeSet {
  fileprivate func with(flags: RawSet.Flags) -> LiveNativeSet {
    var raw = raw
    raw.flags = flags
    return LiveNativeSet(raw, elements: elements)
  }
}

extension EncodedNativeRule {
  /// The rule and its sets as the kernel gives them back, which chooses the sets' names.
  fileprivate var named: (rule: RawRule, sets: [String: LiveNativeSet]) {
    var rule = rule
    rule.expressions = rule.expressions.map { expression in
      guard case .lookup(var lookup) = expression, let id = lookup.setID else { return expression }
      (lookup.set, lookup.setID) = ("__set\(id.rawValue)", nil)
      return .lookup(lookup)
    }
    let pairs = sets.compactMap { set in set.raw.id.map { ("__set\($0.rawValue)", set) } }
    return (rule, Dictionary(uniqueKeysWithValues: pairs))
  }
}
