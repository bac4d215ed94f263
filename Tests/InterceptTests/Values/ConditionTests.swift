import Intercept
import TestSupport
import Testing

@testable import NetworkValues
@testable import RuleModel

/// The algebra of conditions against the values that satisfy them.
struct ConditionTests {
  private static let all: Set<UInt128> = Set(0...15)

  @Test(arguments: 0..<400 as Range<UInt64>)
  func conditionsOnNumbersAgreeWithTheirValues(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let (left, right) = (condition(&random), condition(&random))
    let (leftValues, rightValues) = (values(left), values(right))
    // Some fields have more than 16 values: two negated conditions are compatible, and a negated one implies no list.
    let bothNegated = left.isNegated && right.isNegated
    #expect(left.excludes(right) == (!bothNegated && leftValues.isDisjoint(with: rightValues)))
    let isList = left.isNegated && !right.isNegated
    #expect(left.implies(right) == (!isList && leftValues.isSubset(of: rightValues)))
    #expect(values(left.and(right)) == leftValues.intersection(rightValues))
    #expect(left.and(right).isSatisfiable(ofBits: 4) == !leftValues.isDisjoint(with: rightValues))
  }

  private func condition(_ random: inout SeededGenerator) -> Condition<RangeSet> {
    let numbers = RangeSet(
      (0..<random.pick(1, 1, 2, 3)).map { _ in
        let start = UInt128.random(in: 0...15, using: &random)
        return start...min(15, start + UInt128.random(in: 0...9, using: &random))
      })
    return random.chance(40) ? .not(numbers) : .is(numbers)
  }

  private func values(_ condition: Condition<RangeSet>) -> Set<UInt128> {
    Self.all.filter { number in condition.holds { $0.contains(number) } }
  }

  /// Diff and the warnings compare blocks, lowering compares ranges of addresses.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func blocksCompareLikeTheirAddresses(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let family: IPFamily = random.pick(.ipv4, .ipv6)
    let base = IPAddress(family, bits: 10 << UInt128(family.addressBits - 8))
    let blocks = try (0..<2).map { _ in
      let bits = base.bits | UInt128.random(in: 0...3, using: &random) << UInt128(family.addressBits - 10)
      let length = Int.random(in: 6...12, using: &random)
      return try #require(CIDR(IPAddress(family, bits: bits), prefixLength: length))
    }
    #expect(blocks[0].overlaps(blocks[1]) == RangeSet(blocks[0]).overlaps(RangeSet(blocks[1])))
    #expect(blocks[0].covers(blocks[1]) == RangeSet(blocks[0]).covers(RangeSet(blocks[1])))
    for (left, right) in [(false, false), (false, true), (true, false), (true, true)] {
      let (first, second) = (blocks[0].condition(left), blocks[1].condition(right))
      #expect(first.excludes(second) == first.map { RangeSet($0) }.excludes(second.map { RangeSet($0) }))
      #expect(first.implies(second) == first.map { RangeSet($0) }.implies(second.map { RangeSet($0) }))
    }
  }

  @Test func blocksOfTwoFamiliesDoNotOverlap() throws {
    let (ipv4, ipv6) = (try #require(CIDR("0.0.0.0/0")), try #require(CIDR("::/0")))
    #expect(!ipv4.overlaps(ipv6) && !ipv6.overlaps(ipv4))
  }

  @Test func interfaces() throws {
    let (eth, eth0) = (try #require(InterfacePattern("eth+")), try #require(InterfacePattern("eth0")))
    #expect(eth.covers(eth0) && !eth0.covers(eth) && eth.overlaps(eth0) && !eth.overlaps(.loopback))
    #expect(InterfacePattern.everything.covers(eth))
    #expect(Condition.is(eth0).excludes(.not(eth)) && Condition.not(eth).implies(.not(eth0)))
  }

  @Test func protocols() {
    #expect(IPProtocol.any.covers(.tcp) && !IPProtocol.tcp.covers(.any) && IPProtocol.tcp.overlaps(.any))
    #expect(Condition.is(IPProtocol.tcp).excludes(.is(.udp)))
  }

  @Test func marks() {
    let (low, three) = (MaskedMark(3, mask: 0xff), MaskedMark(0x103))
    #expect(low.covers(three) && !three.covers(low) && low.overlaps(three))
    #expect(!low.overlaps(MaskedMark(4, mask: 0xf)))
    #expect(low.overlaps(MaskedMark(0x100, mask: 0xf00)))
  }

  @Test func translatedConnectionsHaveAnotherStateToo() {
    #expect(!ConntrackState.new.overlaps(.established))
    #expect(ConntrackState.new.overlaps(.sourceTranslated))
    #expect(Condition.is(ConntrackState.new).excludes(.not([.new, .related])))
  }
}

extension CIDR {
  fileprivate func condition(_ isNegated: Bool) -> Condition<CIDR> { isNegated ? .not(self) : .is(self) }
}
