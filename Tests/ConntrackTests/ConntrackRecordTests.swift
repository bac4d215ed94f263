import CNetfilter
import Conntrack
import Intercept
import Netlink
import TestSupport
import Testing

/// Messages of ctnetlink that no real kernel sends on request.
struct ConntrackRecordTests {
  /// An attribute: four bytes of header, the payload, and padding.
  private static func attribute(_ type: UInt16, _ payload: [UInt8]) -> [UInt8] {
    let length = payload.count + 4
    let padding = [UInt8](repeating: 0, count: (4 - length % 4) % 4)
    return [UInt8(length & 0xff), UInt8(length >> 8), UInt8(type & 0xff), UInt8(type >> 8)] + payload
      + padding
  }

  private static func tuple(_ type: UInt16, from source: UInt8, to destination: UInt8) -> [UInt8] {
    let addresses = attribute(1, [10, 0, 0, source]) + attribute(2, [10, 0, 0, destination])
    let proto = attribute(1, [6]) + attribute(2, [0x9c, 0x40]) + attribute(3, [0, 80])
    return attribute(type | 0x8000, attribute(1 | 0x8000, addresses) + attribute(2 | 0x8000, proto))
  }

  private static let tuples = tuple(1, from: 1, to: 2) + tuple(2, from: 2, to: 1)

  private static func record(_ attributes: [UInt8]) throws -> ConntrackRecord {
    var message = MessageBuilder(type: 0x100, sequence: 1)
    message.put(header: nfgenmsg(nfgen_family: 2, version: 0, res_id: 0))
    var bytes = message.bytes + attributes
    bytes[0] = UInt8(bytes.count & 0xff)
    bytes[1] = UInt8(bytes.count >> 8)
    let messages = try NetlinkMessage.messages(in: bytes)
    return try ConntrackRecord(try #require(messages.first))
  }

  @Test func theTuplesAreEnough() throws {
    let entry = try #require(try Self.record(Self.tuples).entry)
    #expect(entry.original.source == Endpoint("10.0.0.1:40000"))
    #expect(entry.original.destination == Endpoint("10.0.0.2:80"))
    #expect(entry.tcpState == nil && entry.timeout == nil && entry.sent == nil && entry.id == nil)
  }

  @Test func unknownAttributesAreSkipped() throws {
    let unknown = Self.attribute(900, [1, 2, 3]) + Self.attribute(0x8000 | 901, Self.attribute(1, []))
    let mark = Self.attribute(8, [0, 0, 5, 57])
    let entry = try #require(try Self.record(unknown + Self.tuples + unknown + mark).entry)
    #expect(entry.mark == 1337)
  }

  @Test func anEntryWithoutAddressesIsLeftOut() throws {
    #expect(try Self.record(Self.tuple(1, from: 1, to: 2)).entry == nil)
    #expect(try Self.record([]).entry == nil)
  }

  /// Every cut and every changed byte gives an entry, none, or an error, and never a crash.
  @Test func damagedMessagesAreRefusedOrRead() throws {
    var random = SeededGenerator(seed: 20)
    let whole = Self.tuples + Self.attribute(4 | 0x8000, Self.attribute(1 | 0x8000, Self.attribute(1, [3])))
    var refused = 0
    for _ in 0..<2000 {
      var bytes = whole
      for _ in 0..<3 {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      do { _ = try Self.record(bytes) } catch is NetlinkFailure { refused += 1 }
    }
    #expect(refused > 0)
  }
}
