import JSONText
import Testing

@testable import NodeInstallation

struct NodeInstallationTests {
  /// Returns the types of the plugins of a file.
  private func types(_ node: SampleNode, _ name: String) throws -> [String] {
    let text = try #require(node.read("net.d/\(name)"))
    return try #require(NetworkConfiguration(Array(text.utf8))).types
  }

  @Test func entryIsAppendedAndRemoved() throws {
    let node = try SampleNode()
    try node.write("net.d/10-db.conflist", list)
    #expect(!node.status.isInstalled)
    #expect(try node.install().changes.count == 2)
    #expect(try types(node, "10-db.conflist") == ["bridge", "tuning", "istio-cni-swift"])
    #expect(node.mode("net.d/10-db.conflist") == 0o640)
    #expect(node.mode("bin/istio-cni-swift") == 0o755)
    #expect(node.status.isInstalled)
    #expect(try node.install().changes.isEmpty)
    _ = try node.uninstall()
    #expect(node.read("net.d/10-db.conflist") == list)
    #expect(NodeFiles.names("\(node.folder)/net.d") == [".", "..", "10-db.conflist"])
    #expect(!NodeFiles.exists("\(node.folder)/bin/istio-cni-swift"))
    #expect(try node.uninstall().changes.isEmpty)
  }

  @Test(arguments: [
    #"{"name":"a","plugins":[{"type":"x"}]}"#, "{\"plugins\":[\n{\"type\":\"x\"}\n],\"name\":\"a\"}",
    #"{ "name" : "a" , "plugins" : [ {"type":"x","plugins":[{"type":"y"}]} , {"type":"z"} ] }"#,
  ])
  func otherBytesStay(text: String) throws {
    let configuration = try #require(NetworkConfiguration(Array(text.utf8)))
    let added = try #require(NetworkConfiguration(configuration.adding(NodeSettings())))
    #expect(added.types == configuration.types + ["istio-cni-swift"])
    #expect(added.removingEntry().text == configuration.text)
    #expect(added.adding(NodeSettings()) == added.text)
  }

  @Test func changedSettingsReplaceTheEntry() throws {
    let node = try SampleNode()
    try node.write("net.d/10-db.conflist", list)
    _ = try node.install()
    node.change { $0.excludedNamespaces = ["a", "b\""] }
    #expect(try node.install().changes.count == 1)
    #expect(try types(node, "10-db.conflist") == ["bridge", "tuning", "istio-cni-swift"])
    #expect(node.read("net.d/10-db.conflist")?.contains(#"["a", "b\""]"#) == true)
  }

  @Test func onePluginBecomesAList() throws {
    let node = try SampleNode()
    try node.write("net.d/10-b.conf", #"{"cniVersion":"0.3.1","name":"b","type":"bridge"}"#)
    _ = try node.install()
    #expect(NodeFiles.names("\(node.folder)/net.d") == [".", "..", "10-b.conflist"])
    #expect(try types(node, "10-b.conflist") == ["bridge", "istio-cni-swift"])
    #expect(node.mode("net.d/10-b.conflist") == 0o640)
  }

  /// Runtimes use the first file by name that they can read.
  @Test func firstValidFile() throws {
    let node = try SampleNode()
    try node.write("net.d/00-a.conflist", #"{"name":"a","plugins":[]}"#)
    try node.write("net.d/01-b.conf", #"{"name":"b","plugins":[{"type":"x"}]}"#)
    try node.write("net.d/02-c.conflist", "{")
    try node.write("net.d/03-d.json.bak", list)
    try node.write("net.d/04-e.conflist", #"{"plugins":[{"type":"x"}]}"#)
    #expect(throws: NodeError.self) { try node.install() }
    try node.write("net.d/10-db.conflist", list)
    try node.write("net.d/20-db.conflist", list)
    _ = try node.install()
    #expect(try types(node, "10-db.conflist").contains("istio-cni-swift"))
    #expect(node.read("net.d/20-db.conflist") == list)
    #expect(node.status.configuration == "\(node.folder)/net.d/10-db.conflist")
  }

  @Test func namedFile() throws {
    let node = try SampleNode()
    try node.write("net.d/10-db.conflist", list)
    try node.write("net.d/20-db.conflist", list)
    node.change { $0.configurationName = "20-db.conf" }
    _ = try node.install()
    #expect(node.read("net.d/10-db.conflist") == list)
    #expect(try types(node, "20-db.conflist").contains("istio-cni-swift"))
    node.change { $0.configurationName = "30-db.conflist" }
    #expect(throws: NodeError.self) { try node.install() }
  }

  /// Multus and OpenShift: a configuration of its own, which Multus finds by its name `istio-cni`.
  @Test func configurationOfItsOwn() throws {
    let node = try SampleNode()
    try node.write("net.d/00-multus.conf", #"{"cniVersion":"0.3.1","name":"multus","type":"multus"}"#)
    node.change { $0.isChained = false }
    _ = try node.install()
    let text = try #require(node.read("net.d/istio-cni-swift.conf"))
    let object = try JSONReader.document(Array(text.utf8)).value
    #expect(object["name"] == .string("istio-cni"))
    #expect(object["type"] == .string("istio-cni-swift"))
    #expect(object["cniVersion"] == .string("1.0.0"))
    #expect(node.status.isInstalled)
    #expect(try node.install().changes.isEmpty)
    _ = try node.uninstall()
    #expect(NodeFiles.names("\(node.folder)/net.d") == [".", "..", "00-multus.conf"])
  }

  @Test func istioEntryIsReported() throws {
    let node = try SampleNode()
    try node.write("net.d/1.conflist", #"{"name":"a","plugins":[{"type":"x"},{"type":"istio-cni"}]}"#)
    #expect(try !node.install().warnings.isEmpty)
    #expect(node.status.hasIstioEntry)
  }

  @Test func binaryIsReplacedOnUpgrade() throws {
    let node = try SampleNode()
    try node.write("net.d/10-db.conflist", list)
    _ = try node.install()
    try node.write("program", "program 2")
    #expect(try node.install().changes == ["copied \(node.folder)/bin/istio-cni-swift"])
    #expect(node.read("bin/istio-cni-swift") == "program 2")
  }

  /// As many entries as a file can hold, at its beginning, in it and at its end.
  @Test func everyEntryOfAListIsRemoved() throws {
    let entries = Array(repeating: #"{"type":"istio-cni-swift"}"#, count: 20_000).joined(separator: ",")
    let text = #"{"name":"a","plugins":[\#(entries),{"type":"x"},\#(entries),{"type":"y"},\#(entries)]}"#
    let configuration = try #require(NetworkConfiguration(Array(text.utf8)))
    let rest = String(decoding: configuration.removingEntry().text, as: UTF8.self)
    #expect(rest == #"{"name":"a","plugins":[{"type":"x"},{"type":"y"}]}"#)
  }

  /// A runtime calls the plugins that its record of a pod names, even if the entry is gone.
  @Test func binaryStaysForPodsThatKnowIt() throws {
    let node = try SampleNode()
    try node.write("net.d/10-db.conflist", list)
    _ = try node.install()
    let known = "eyJuYW1lIjoiYSIsInBsdWdpbnMiOlt7InR5cGUiOiJpc3Rpby1jbmktc3dpZnQifV19"
    try node.write("results/a-1-eth0", #"{"kind":"cniCacheV1","config":"\#(known)"}"#)
    try node.write("results/a-2-eth0", #"{"kind":"cniCacheV1","config":"e30="}"#)
    try node.write("results/a-3-eth0", "no JSON")
    #expect(node.status.pods == 1)
    #expect(try node.uninstall().warnings.count == 1)
    #expect(node.read("net.d/10-db.conflist") == list)
    #expect(node.read("bin/istio-cni-swift") != nil)
    try node.write("results/a-1-eth0", "{}")
    #expect(try node.uninstall().changes.count == 1)
    #expect(node.read("bin/istio-cni-swift") == nil)
  }
}
