import Foundation
import Glibc
import Netfilter
import TestSupport
import Testing

/// Files that are read as a whole, and those that are refused.
struct RegularFileTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "regular-\(UUID())").path

  private func inFolder(_ body: () throws -> Void) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body()
  }

  @Test func aFileUpToTheLimitIsRead() throws {
    try inFolder {
      let path = "\(folder)/file"
      try "nameserver 10.0.0.1".write(toFile: path, atomically: false, encoding: .utf8)
      #expect(try RegularFile.text(path, atMost: 19) == "nameserver 10.0.0.1")
      #expect(throws: RegularFileError.tooLarge(18)) { try RegularFile.text(path, atMost: 18) }
    }
  }

  @Test func pipesAndDevicesAreRefused() throws {
    try inFolder {
      let path = "\(folder)/pipe"
      #expect(mkfifo(path, 0o600) == 0)
      for path in [path, "/dev/zero", folder] {
        #expect(throws: RegularFileError.irregular) { try RegularFile.text(path, atMost: 100) }
      }
    }
  }

  @Test func absoluteLinksResolveBelowTheRoot() throws {
    try inFolder {
      let (etc, other) = ("\(folder)/etc", "\(folder)/other")
      for path in [etc, other] {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      }
      try "inside".write(toFile: "\(other)/resolv.conf", atomically: false, encoding: .utf8)
      #expect(symlink("/other/resolv.conf", "\(etc)/resolv.conf") == 0)
      #expect(try RegularFile.text("/etc/resolv.conf", inRootAt: folder, atMost: 100) == "inside")
    }
  }
}
