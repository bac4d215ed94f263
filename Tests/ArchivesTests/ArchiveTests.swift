import Archives
import Foundation
import TestSupport
import Testing

/// Archives that tar and gzip make.
struct ArchiveTests {
  /// The bytes of an archive that tar makes of some files.
  private func archive(_ files: [String: String], _ option: String) throws -> [UInt8] {
    let folder = try Folder(files)
    return try Array(Data(contentsOf: URL(filePath: folder.archive(option))))
  }

  private static let limit = 1 << 24
  private static let files = [
    "a.yaml": "kind: Pod\n", "b/empty": "", "b/c/" + String(repeating: "n", count: 120): "long name",
    String(repeating: "p", count: 90) + "/" + String(repeating: "q", count: 60): "prefix",
    "large": String(repeating: "0123456789\n", count: 60_000),
  ]

  @Test(arguments: ["gnu", "pax", "ustar"])
  func everyFormatIsRead(format: String) throws {
    // ustar has no names of more than 100 bytes without a slash.
    let expected = Self.files.filter { format != "ustar" || !$0.key.hasPrefix("b/c/n") }
    let bytes = try archive(expected, "--format=\(format)")
    #expect(TarArchive.isTar(bytes))
    let read = try TarArchive(bytes).files.map { ($0.name.replacing("./", with: ""), $0.bytes) }
    #expect(Dictionary(read) { first, _ in first } == expected.mapValues { Array($0.utf8)[...] })
  }

  @Test func anArchiveWithoutFilesIsAnArchive() throws {
    let bytes = [UInt8](repeating: 0, count: 10_240)
    #expect(TarArchive.isTar(bytes))
    #expect(try TarArchive(bytes).files.isEmpty)
  }

  @Test func compressedArchivesAreTheSame() throws {
    let compressed = try archive(Self.files, "-z")
    #expect(Gzip.isGzip(compressed) && !TarArchive.isTar(compressed))
    let bytes = try Gzip.expand(compressed, limit: Self.limit)
    #expect(try TarArchive(bytes).files.count == Self.files.count)
    #expect(try Gzip.expand(compressed + compressed, limit: Self.limit) == bytes + bytes)
    #expect(try Gzip.expand(compressed + [0, 0, 0], limit: Self.limit) == bytes)
  }

  @Test func expansionIsBounded() throws {
    let compressed = try archive(Self.files, "-z")
    #expect(throws: ArchiveError.tooLarge(limit: 1000)) { try Gzip.expand(compressed, limit: 1000) }
  }

  @Test func damageIsAnError() throws {
    let (plain, compressed) = try (archive(Self.files, "--format=gnu"), archive(Self.files, "-z"))
    for length in [3, 20, compressed.count / 2, compressed.count - 1] {
      #expect(throws: ArchiveError.cut) {
        try Gzip.expand(Array(compressed.prefix(length)), limit: Self.limit)
      }
    }
    #expect(throws: ArchiveError.damaged) {
      try Gzip.expand([0x1f, 0x8b, 8, 0xff] + compressed, limit: Self.limit)
    }
    #expect(throws: ArchiveError.cut) { try TarArchive(Array(plain.prefix(700))) }
    #expect(throws: ArchiveError.damaged) { try TarArchive([UInt8](repeating: 1, count: 512)) }
    #expect(try TarArchive([]).files.isEmpty)
  }

  @Test func namesAreBounded() throws {
    // GNU tar keeps a name of more than 100 bytes as contents of a member.
    let name = String(repeating: "d/", count: 60) + "f"
    var bytes = try archive([name: "text"], "--format=gnu")
    #expect(try TarArchive(bytes).files.map(\.name) == ["./\(name)"])
    let member = try #require(bytes.indices.first { bytes[$0...].starts(with: "././@LongLink".utf8) })
    bytes.replaceSubrange(member + 124..<member + 135, with: "00000100000".utf8)
    bytes.insert(contentsOf: [UInt8](repeating: 0x61, count: 0o100000), at: member + 512)
    #expect(throws: ArchiveError.damaged) { try TarArchive(bytes) }
  }

  @Test(arguments: 0..<50)
  func everyChangedArchiveIsReadOrRefused(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var bytes = try archive(["a": "text", "b": "more"], "--format=pax")
    for _ in 0..<10 {
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
    }
    let files = try? TarArchive(bytes).files
    #expect((files ?? []).reduce(0) { $0 + $1.bytes.count } <= bytes.count)
  }
}
