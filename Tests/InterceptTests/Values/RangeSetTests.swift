import Intercept
import TestSupport
import Testing

@testable import NetworkValues

struct RangeSetTests {
  @Test func rangesAreNormalized() {
    #expect(RangeSet([5...7, 1...2, 3...3, 6...9]).ranges == [1...3, 5...9])
    #expect(RangeSet([4...4]) == RangeSet(4))
    #expect(RangeSet([.max ... .max, 0...0, 1 ... .max]).single == 0 ... .max)
    #expect(RangeSet([]).isEmpty)
  }

  @Test func single() {
    #expect(RangeSet(4).single == 4...4)
    #expect(RangeSet([4...4, 6...6]).single == nil)
    #expect(RangeSet([]).single == nil)
  }

  @Test func intervals() {
    #expect(!RangeSet([4...4, 6...6]).hasIntervals)
    #expect(RangeSet([4...4, 6...7]).hasIntervals)
  }

  @Test(arguments: [1, 8, 16, 32, 127, 128])
  func everything(bits: Int) {
    let greatest = UInt128(greatestOfBits: bits)
    #expect(RangeSet([1...greatest, 0...0]).isEverything(ofBits: bits))
    #expect(!RangeSet(1...greatest).isEverything(ofBits: bits))
    #expect(!RangeSet(0...greatest - 1).isEverything(ofBits: bits))
    #expect(!RangeSet([]).isEverything(ofBits: bits))
  }

  @Test func ports() {
    let ports: [PortRange] = [443...443, 80...81, 82...90]
    #expect(RangeSet(ports: ports).ranges == [80...90, 443...443])
    #expect(RangeSet(ports: ports).ports == [80...90, 443...443])
    #expect(RangeSet(ports: 0...65535).isEverything(ofBits: 16))
  }

  @Test func owners() {
    let owners = UserID(known: 7)...UserID(known: 9)
    #expect(RangeSet(owners) == RangeSet(7...9))
  }

  @Test func addresses() throws {
    #expect(try RangeSet(#require(CIDR("10.0.0.0/8"))).single == 0x0a00_0000...0x0aff_ffff)
    #expect(try RangeSet(#require(CIDR("0.0.0.0/0"))).isEverything(ofBits: 32))
    #expect(try RangeSet(#require(CIDR("::/0"))).isEverything(ofBits: 128))
    #expect(try RangeSet(#require(CIDR("::1/128"))).single == 1...1)
  }

  /// Random sets of small or of the greatest numbers against sets of single numbers.
  @Test(arguments: 0..<400 as Range<UInt64>)
  func operationsAgreeWithSetsOfNumbers(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let first: UInt128 = random.pick(0, .max - 20)
    let (left, right) = (NumberSet(from: first, &random), NumberSet(from: first, &random))
    let union = left.set.union(right.set)
    #expect(NumberSet(union) == NumberSet(left.numbers.union(right.numbers)))
    #expect(
      NumberSet(left.set.intersection(right.set)) == NumberSet(left.numbers.intersection(right.numbers)))
    #expect(NumberSet(left.set.subtracting(right.set)) == NumberSet(left.numbers.subtracting(right.numbers)))
    #expect(left.set.overlaps(right.set) == !left.numbers.isDisjoint(with: right.numbers))
    #expect(left.set.covers(right.set) == left.numbers.isSuperset(of: right.numbers))
    #expect(union.covers(left.set) && union.covers(right.set))
    #expect((left.set == right.set) == (left.numbers == right.numbers))
    for number in first...first + 20 {
      #expect(left.set.contains(number) == left.numbers.contains(number))
    }
  }
}

/// A set in both forms.
private struct NumberSet: Equatable {
  let set: RangeSet
  let numbers: Set<UInt128>

  init(_ set: RangeSet) {
    self.set = set
    numbers = Set(set.ranges.flatMap { Array($0) })
  }

  init(_ numbers: Set<UInt128>) {
    set = RangeSet(numbers.map { $0...$0 })
    self.numbers = numbers
  }

  /// Up to five ranges of up to six of 21 numbers.
  init(from first: UInt128, _ random: inout SeededGenerator) {
    let ranges = random.list(upTo: 5) { random in
      let start = UInt128.random(in: 0...20, using: &random)
      let end = min(20, start + UInt128.random(in: 0...5, using: &random))
      return first + start...first + end
    }
    self.init(RangeSet(ranges))
    #expect(numbers == Set(ranges.flatMap { Array($0) }))
  }
}
