import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// Sets against the kernel and the `nft` command.
@Suite(.enabled(if: canUseKernel))
struct SetKernelTests {
  /// `ipv4_addr` in the numbering of the `nft` command.
  private static let addressType: UInt32 = 7

  @Test func tenThousandElementsGoInAndComeOut() throws {
    try withNamespace {
      let set = RawSet(
        family: .inet, table: "t", name: "many", keyType: Self.addressType, keyLength: 4, size: 10_000)
      let elements = (0..<10_000).map { number in
        RawSetElement([10, 0, UInt8(number >> 8), UInt8(number & 255)])
      }
      var batch = Batch()
      try batch.add(RawTable(family: .inet, name: "t"))
      try batch.add(set)
      try batch.add(elements, to: set)
      var connection = try NFTablesConnection.open()
      try connection.commit(batch.finish())
      #expect(try connection.sets(.inet, table: "t") == [set])
      #expect(try Set(connection.elements(of: set)) == Set(elements))
    }
  }

  @Test func intervalsAreWhatNFTMakesOfThem() throws {
    try withNamespace {
      let set = RawSet(
        family: .ip, table: "t", name: "nets", flags: .interval, keyType: Self.addressType, keyLength: 4)
      var batch = Batch()
      try batch.add(RawTable(family: .ip, name: "t"))
      try batch.add(set)
      try batch.add(
        [
          RawSetElement([0, 0, 0, 0], isIntervalEnd: true), RawSetElement([10, 0, 0, 0]),
          RawSetElement([11, 0, 0, 0], isIntervalEnd: true),
        ], to: set)
      var connection = try NFTablesConnection.open()
      try connection.commit(batch.finish())
      #expect(try run("nft", "list", "set", "ip", "t", "nets").contains("elements = { 10.0.0.0/8 }"))
    }
  }

  @Test func aKeyThatIsTooLongIsRefused() throws {
    let set = RawSet(family: .ip, table: "t", name: "s", keyType: Self.addressType, keyLength: 4)
    var batch = Batch()
    do {
      try batch.add([RawSetElement([UInt8](repeating: 0, count: 70_000)[...])], to: set)
      Issue.record("a key of 70000 bytes was taken")
    } catch {
      #expect(
        error.description
          == "cannot add elements to set \"ip t s\": a value of 70000 bytes does not fit a register")
    }
  }
}
