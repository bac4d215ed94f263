import CaptureFile
import NetworkValues
import PacketTrace
import Testing

/// The halves of redirected connections.
struct StreamJoinerTests {
  private static let connections = [
    TestConnection(app: "10.0.0.2:45000", listener: "127.0.0.1:15001", service: "10.96.0.9:80"),
    TestConnection(app: "10.0.0.2:45000", listener: "127.0.0.1:15006", service: "10.0.0.2:8080"),
    TestConnection(app: "[fd00::2]:45000", listener: "[::1]:15001", service: "[fd00:1::9]:443"),
    TestConnection(app: "10.0.0.2:45000", listener: "127.0.0.1:15053", service: "10.96.0.10:53"),
  ]
  private static let linkTypes: [LinkType] = [
    .raw, .ethernet, .linuxCooked, .linuxCooked2, .null, .loop,
  ]

  /// The packets after the joiner.
  private static func join(_ packets: [CapturedPacket]) -> (packets: [CapturedPacket], StreamJoiner) {
    var joiner = StreamJoiner()
    let ready = packets.flatMap { joiner.add($0) }
    return (ready + joiner.finish(), joiner)
  }

  @Test(arguments: connections, linkTypes)
  func bothHalvesGetTheSameEnds(_ connection: TestConnection, _ linkType: LinkType) throws {
    let (joined, joiner) = Self.join(try connection.packets().map { $0.captured(linkType) })
    #expect(joined.map(\.bytes) == (try connection.joined().map { $0.captured(linkType).bytes }))
    #expect(joined.allSatisfy { $0.comments.count == 1 })
    #expect(joiner.counts.joined == 1 && joiner.counts.rewritten == 3 && joiner.counts.unanswered == 0)
  }

  /// Linux leaves the checksums of packets on lo to the network card; those of joined packets are complete.
  @Test func checksumsAreCompletedUnlessTheyAreWrong() throws {
    let connection = Self.connections[0]
    let partial = try connection.packets().map { packet in
      var packet = packet
      packet.hasChecksum = false
      return packet.captured()
    }
    let wanted = try connection.joined().map { $0.captured().bytes }
    let (joined, _) = Self.join(partial)
    for index in [0, 2, 3] { #expect(joined[index].bytes == wanted[index]) }
    var wrong = try connection.packets().map { $0.captured() }
    wrong[3].bytes[41] ^= 0x55
    let (damaged, _) = Self.join(wrong)
    #expect(
      damaged[3].bytes[..<40] == wanted[3][..<40], "the same header as that of the packet before the damage")
  }

  @Test func truncatedPacketsAreRewritten() throws {
    let whole = try Self.connections[0].packets().map { $0.captured() }
    let wanted = try Self.connections[0].joined().map { $0.captured().bytes }
    let cut = whole.map { packet in
      CapturedPacket(
        linkType: packet.linkType, originalLength: packet.originalLength,
        bytes: Array(packet.bytes.prefix(42)))
    }
    #expect(Self.join(cut).packets.map(\.bytes) == wanted.map { Array($0.prefix(42)) })
  }

  @Test func otherPacketsStayAsTheyAre() throws {
    var others = [
      try TestPacket("10.0.0.2:45000", "10.96.0.9:80").captured(at: 1),
      try TestPacket("10.0.0.2:45000", "10.0.0.3:15001").captured(at: 2),
      try TestPacket("127.0.0.1:45000", "127.0.0.1:8080").captured(at: 3),
      CapturedPacket(linkType: .raw, time: 4, bytes: [0x45]),
      CapturedPacket(linkType: .ethernet, time: 5, bytes: [UInt8](repeating: 0, count: 60)),
    ]
    others[0].comments = [Array("mine".utf8)]
    let (joined, joiner) = Self.join(others)
    #expect(joined == others)
    #expect(joiner.counts.joined == 0 && joiner.counts.rewritten == 0 && joiner.counts.unanswered == 0)
  }

  /// The ports of a client may be used again for another service.
  @Test func aLaterConnectionOfTheSamePortsIsAnotherOne() throws {
    let next = TestConnection(
      app: "10.0.0.2:45000", listener: "127.0.0.1:15001", service: "10.96.7.7:443", first: 77_000_000)
    let packets = try (Self.connections[0].packets() + next.packets()).map { $0.captured() }
    let wanted = try (Self.connections[0].joined() + next.joined()).map { $0.captured().bytes }
    #expect(Self.join(packets).packets.map(\.bytes) == wanted)
  }

  /// Without the handshake, sequence numbers distinguish the answer from unrelated packets.
  @Test func aCaptureMayBeginInTheMiddle() throws {
    let packets = try Self.connections[0].packets().dropFirst(3).map { $0.captured() }
    var unrelated = try TestPacket("10.96.3.3:80", "10.0.0.2:45000")
    (unrelated.sequence, unrelated.acknowledgement) = (4_000_000_000, 3_000_000_000)
    let all = [packets[0], unrelated.captured(), packets[1]]
    let (joined, _) = Self.join(all)
    #expect(joined[0].bytes == (try Self.connections[0].joined()[3].captured().bytes))
    #expect(joined[1] == all[1])
  }

  @Test func queriesOfOneSocketDifferInTheirIDs() throws {
    func message(_ source: String, _ destination: String, _ id: UInt8) throws -> TestPacket {
      var packet = try TestPacket(source, destination)
      packet.proto = .udp
      packet.payload = [0, id, 1, 0, 0, 1]
      return packet
    }
    let app = "10.0.0.2:40000"
    let packets = [
      try message(app, "127.0.0.1:15053", 1), try message(app, "127.0.0.1:15053", 2),
      try message("10.96.0.11:53", app, 2), try message("10.96.0.10:53", app, 1),
    ]
    let wanted = [
      try message(app, "10.96.0.10:53", 1), try message(app, "10.96.0.11:53", 2), packets[2], packets[3],
    ]
    #expect(
      Self.join(packets.map { $0.captured() }).packets.map(\.bytes) == wanted.map { $0.captured().bytes })
  }

  @Test func packetsWithoutAnswerAreHeldForALimitedTime() throws {
    let opening = try Self.connections[0].packets()[0]
    let other = try TestPacket("10.0.0.5:1", "10.0.0.6:2")
    var joiner = StreamJoiner()
    #expect(joiner.add(opening.captured(at: 0)) == [])
    #expect(joiner.add(other.captured(at: 1_000_000_000)) == [])
    let late = joiner.add(other.captured(at: 3_000_000_000))
    #expect(late.count == 3 && late[0].bytes == opening.bytes)
    #expect(joiner.counts.unanswered == 1 && joiner.finish() == [])
  }

  @Test func theNumberOfHeldPacketsIsLimited() throws {
    let opening = try Self.connections[0].packets()[0].captured()
    let other = try TestPacket("10.0.0.5:1", "10.0.0.6:2").captured()
    var joiner = StreamJoiner()
    var released = joiner.add(opening).count
    var most = 0
    for count in 2...10_000 {
      released += joiner.add(other).count
      most = max(most, count - released)
    }
    #expect((1...5000).contains(most))
  }
}
