import Intercept
import Testing

@testable import NetworkValues

struct AddressBlocksTests {
  @Test(
    arguments: [
      (0...0, 32), (0...0xffff_ffff, 0), (0x0a00_0000...0x0aff_ffff, 8), (1...2, nil), (0...2, nil),
      (0x8000_0000...0xffff_ffff, 1),
    ] as [(ClosedRange<UInt128>, Int?)])
  func prefixLengths(range: ClosedRange<UInt128>, length: Int?) {
    #expect(range.prefixLength(ofBits: 32) == length)
  }

  @Test func theFewestBlocksOfARange() {
    let range: ClosedRange<UInt128> = 1...6
    #expect(range.blocks(ofBits: 3) == [1...1, 2...3, 4...5, 6...6])
    let all: ClosedRange<UInt128> = 0 ... .max
    #expect(all.blocks(ofBits: 128) == [all])
    #expect((1 ... .max).blocks(ofBits: 128).count == 128)
  }

  @Test func subtraction() throws {
    let block = try #require(CIDR("10.0.0.0/8"))
    let others = ["10.128.0.0/9", "10.0.0.0/10", "::/0"].compactMap { CIDR($0) }
    #expect(block.subtracting(others).map(\.description) == ["10.64.0.0/10"])
    #expect(block.subtracting([]) == [block])
    #expect(block.subtracting([block]) == [])
  }
}
