import Foundation
import Testing

@testable import RuleCommands
@testable import istio_iptables_swift

/// Files are read in parts of a mebibyte.
struct InputFileTests {
  @Test(arguments: [0, 1, 1 << 20, (1 << 20) + 1, 3 << 20])
  func filesOfAnyLength(_ length: Int) throws {
    let text = String(repeating: "x", count: length)
    #expect(try read(Data(text.utf8)) == text)
  }

  /// A character may lie in two parts; an invalid one becomes the replacement character.
  @Test func charactersAcrossParts() throws {
    let start = String(repeating: "x", count: (1 << 20) - 1)
    #expect(try read(Data((start + "é").utf8)) == start + "é")
    #expect(try read(Data(start.utf8) + [0xc3, 0x28]) == start + "\u{FFFD}(")
  }

  @Test(arguments: [("", "''"), ("/no such file", "'/no such file'"), ("/no/file", "/no/file")])
  func whatIsNotThereIsNamed(_ path: String, _ name: String) {
    let failure = #expect(throws: CommandError.self) { try InputFile(path).read() }
    #expect(failure?.description == "\(name) cannot be read: No such file or directory")
  }

  @Test func aFileAboveTheLimitIsNamed() throws {
    let text = String(repeating: "x", count: 1 << 20)
    #expect(try read(Data(text.utf8), limit: 1 << 20) == text)
    let failure = #expect(throws: CommandError.self) { try read(Data((text + "x").utf8), limit: 1 << 20) }
    #expect(failure?.description.hasSuffix(" is larger than 1 MiB") == true)
    let endless = #expect(throws: CommandError.self) { try InputFile("/dev/zero", sizeLimit: 3 << 20).read() }
    #expect(endless?.description.hasPrefix("/dev/zero is a device") == true)
  }

  private func read(_ data: Data, limit: Int = 512 << 20) throws -> String {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try data.write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try InputFile(url.path, sizeLimit: limit).read()
  }
}
