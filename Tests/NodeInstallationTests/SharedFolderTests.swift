import Glibc
import Synchronization
import SystemPackage
import Testing

@testable import NodeInstallation

/// Several writers in the folders of a node, of which some are killed.
struct SharedFolderTests {
  /// Remains of programs that were killed are overwritten or removed.
  @Test func remainsOfKilledProgramsGo() throws {
    let node = try SampleNode()
    try node.write("net.d/10-db.conflist", list)
    try node.write("bin/.istio-cni-swift.new", "half of a pro")
    try node.write("net.d/.10-db.conflist.new", "half of a conf")
    _ = try node.install()
    #expect(NodeFiles.names("\(node.folder)/bin") == [".", "..", "istio-cni-swift"])
    #expect(NodeFiles.names("\(node.folder)/net.d") == [".", "..", "10-db.conflist"])
    #expect(node.read("bin/istio-cni-swift") == "program 1")

    try node.write("bin/.istio-cni-swift.new", "half of a pro")
    try node.write("net.d/.10-db.conflist.new", "half of a conf")
    _ = try node.uninstall()
    #expect(NodeFiles.names("\(node.folder)/bin") == [".", ".."])
    #expect(NodeFiles.names("\(node.folder)/net.d") == [".", "..", "10-db.conflist"])
  }

  /// Two agents write at the same time, each with process id 1 of its own container: files are those of one of them.
  @Test func writersTakeTurns() async throws {
    let node = try SampleNode()
    let path = "\(node.folder)/bin/program"
    let texts = (UInt8(ascii: "a")...UInt8(ascii: "h")).map { [UInt8](repeating: $0, count: 1 << 16) }
    await withTaskGroup(of: Void.self) { group in
      for text in texts {
        group.addTask {
          for _ in 0..<5 {
            #expect(throws: Never.self) { try NodeFiles.replace(path, with: text, like: nil) }
            #expect(NodeFiles.read(path).map(texts.contains) == true)
          }
        }
      }
    }
    #expect(NodeFiles.names("\(node.folder)/bin") == [".", "..", "program"])
  }

  /// A turn ends with its program, and is waited for.
  @Test func aTurnIsWaitedFor() async throws {
    let node = try SampleNode()
    let folder = FilePath("\(node.folder)/bin")
    let first = try FolderLock(folder)
    let hasEnded = Mutex(false)
    async let second = Task {
      let turn = try FolderLock(folder)
      defer { turn.end() }
      return hasEnded.withLock { $0 }
    }.value
    try await Task.sleep(for: .milliseconds(50))
    hasEnded.withLock { $0 = true }
    first.end()
    let waited = try await second
    #expect(waited)
  }
}
