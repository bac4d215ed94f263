import TestSupport
import Testing

@testable import RuntimeClient

struct ProtobufMessageTests {
  @Test func aMessageIsReadAsItWasWritten() throws {
    var random = SeededGenerator(seed: 22)
    for _ in 0..<200 {
      let number =
        UInt64.random(in: 0...UInt64.max, using: &random) >> UInt64.random(in: 0..<64, using: &random)
      let text = String(repeating: "é", count: Int.random(in: 0..<200, using: &random))
      let field = UInt64.random(in: 1..<5000, using: &random)
      var (inner, outer) = (ProtobufMessage(), ProtobufMessage())
      inner.set(1, text)
      outer.set(field, inner)
      outer.set(field + 1, number)
      let read = try #require(ProtobufMessage(outer.bytes))
      #expect(read.message(field).text(1) == text && read.number(field + 1) == number)
      #expect(read.text(field + 2) == "" && read.number(field + 2) == 0)
    }
  }

  @Test func aCutMessageIsNoMessage() throws {
    var message = ProtobufMessage()
    message.set(1, "shop")
    message.set(2, 300)
    let whole = message.bytes
    for count in 1..<whole.count where count != 6 {
      #expect(ProtobufMessage(Array(whole.prefix(count))) == nil, "\(count)")
    }
    #expect(ProtobufMessage([0x0b]) == nil, "a group")
    #expect(ProtobufMessage([UInt8](repeating: 0xff, count: 20)) == nil, "an endless number")
  }

  @Test func numbersOfFixedWidthAreSkipped() throws {
    let bytes: [UInt8] = [0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x15, 1, 2, 3, 4, 0x18, 5]
    #expect(try #require(ProtobufMessage(bytes)).number(3) == 5)
  }

  @Test func theLastOfARepeatedFieldCounts() throws {
    var message = ProtobufMessage()
    message.set(1, "a")
    message.set(1, "b")
    #expect(try #require(ProtobufMessage(message.bytes)).text(1) == "b")
  }
}
