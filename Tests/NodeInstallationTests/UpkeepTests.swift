import Glibc
import Testing

@testable import NodeInstallation

struct UpkeepTests {
  @Test func hundredRewritesByAnotherProgram() throws {
    let node = try SampleNode()
    try node.write("net.d/05-cilium.conflist", list)
    var upkeep = NodeUpkeep(node.settings, binary: node.program)
    var warnings: [String] = []
    let start = ContinuousClock.now
    for second in 1...100 {
      // Rewritten in place, not by renaming: a reader may see a part of it.
      try node.write("net.d/05-cilium.conflist", list)
      let report = try upkeep.check(at: start + .seconds(second))
      warnings += report.warnings
      #expect(node.status.isInstalled)
      #expect(try upkeep.check(at: start + .seconds(second)).changes.isEmpty)
    }
    #expect(warnings.count == 1)
    #expect(warnings.first?.contains("cni.exclusive") == true)
  }

  @Test func loopsAreReportedOnceEach() {
    var loop = RewriteLoop()
    let start = ContinuousClock.now
    let first = (0..<20).compactMap { loop.added(to: "/a", at: start + .seconds($0)) }
    let later = (0..<20).compactMap { loop.added(to: "/a", at: start + .seconds(1000 + $0)) }
    #expect(first.count == 1 && later.count == 1)
    let rare = (0..<20).compactMap { loop.added(to: "/a", at: start + .seconds(5000 + 30 * $0)) }
    #expect(rare.isEmpty)
  }

  @Test func removedBinaryAndEntryComeBack() throws {
    let node = try SampleNode()
    try node.write("net.d/10-db.conflist", list)
    var upkeep = NodeUpkeep(node.settings, binary: node.program)
    #expect(try upkeep.check().changes.count == 2)
    unlink("\(node.folder)/bin/istio-cni-swift")
    #expect(try upkeep.check().changes.count == 1)
    #expect(try upkeep.check().changes.isEmpty)
  }

  /// A half-written file does not count; the plugin waits for the rest.
  @Test func halfWrittenFiles() throws {
    let node = try SampleNode()
    try node.write("net.d/10-db.conflist", String(list.prefix(100)))
    var upkeep = NodeUpkeep(node.settings, binary: node.program)
    #expect(throws: NodeError.self) { try upkeep.check() }
    #expect(node.read("net.d/10-db.conflist") == String(list.prefix(100)))
    try node.write("net.d/10-db.conflist", list)
    #expect(try upkeep.check().changes.count == 1)
  }
}
