import JSONText
import Testing

@testable import CNIPlugin

/// The operations of the CNI specification.
struct VerbTests {
  private let node = FakeNode()

  private func code(_ answer: PluginRun.Answer) throws -> JSONValue? {
    let object = try JSONReader.document(Array(answer.text.utf8)).value
    #expect(object["msg"]?.scalarText?.isEmpty == false)
    #expect(answer.status == 1)
    return object["code"]
  }

  @Test(arguments: CNIVersion.allCases)
  func addHandsThePreviousResultOn(version: CNIVersion) {
    var request = SampleRequest(["sidecar.istio.io/status": injected])
    request.version = version.rawValue
    // Blanks, order, escapes and the size of numbers stay.
    request.previousResult =
      #"{ "ips" :[{"address":"10.0.0.2/24"}],"x":12345678901234567890.10, "y":"\u00e9\/" }"#
    let (answer, _) = request.run(on: node)
    #expect(answer == PluginRun.Answer(text: request.previousResult ?? "", status: 0))
    #expect(node.installed.count == 1)
  }

  @Test func cmdAddNoPrevResult() {
    for text in [nil, "null"] {
      var request = SampleRequest(["sidecar.istio.io/status": injected])
      request.previousResult = text
      #expect(request.run(on: node).answer.text == #"{"cniVersion":"1.0.0"}"#)
    }
  }

  @Test func delSucceedsWithoutNamespaceAndResult() {
    var request = SampleRequest("DEL")
    request.variables = ["CNI_NETNS": ""]
    request.previousResult = nil
    request.annotations = nil
    for _ in 1...2 { #expect(request.run(on: node).answer == PluginRun.Answer(text: "", status: 0)) }
  }

  @Test func versionListsTheVersions() throws {
    let answer = SampleRequest("VERSION").run(on: node).answer
    let object = try JSONReader.document(Array(answer.text.utf8)).value
    #expect(object["cniVersion"] == .string("1.0.0"))
    #expect(
      object["supportedVersions"]
        == .list(["0.3.1", "0.4.0", "1.0.0", "1.1.0"].map(JSONValue.string)))
  }

  @Test func checkComparesTheRules() throws {
    var request = SampleRequest(["sidecar.istio.io/status": injected])
    request.operation = "CHECK"
    #expect(request.run(on: node).answer == PluginRun.Answer(text: "", status: 0))
    node.liveDifferences = ["IPv4: 3 differences"]
    #expect(try code(request.run(on: node).answer) == .whole(102))
    // A pod without rules cannot differ from them.
    var plain = SampleRequest([:])
    plain.operation = "CHECK"
    #expect(plain.run(on: node).answer.status == 0)
  }

  @Test func statusAsksTheKernel() throws {
    var request = SampleRequest("STATUS")
    request.version = "1.1.0"
    #expect(request.run(on: node).answer == PluginRun.Answer(text: "", status: 0))
    node.kernelProblem = CNIError(.notAvailable, "no nf_tables")
    #expect(try code(request.run(on: node).answer) == .whole(50))
    request.operation = "GC"
    #expect(request.run(on: node).answer.status == 0)
  }

  @Test(arguments: [
    ("CHECK", "0.3.1"), ("GC", "1.0.0"), ("STATUS", "0.4.0"), ("ADD", "0.2.0"), ("ADD", "2.0.0"),
  ])
  func versionsWithoutTheOperation(operation: String, version: String) throws {
    var request = SampleRequest(operation)
    request.version = version
    #expect(try code(request.run(on: node).answer) == .whole(1))
  }

  @Test(arguments: ["CNI_COMMAND", "CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"])
  func missingVariables(name: String) throws {
    var request = SampleRequest()
    request.variables[name] = ""
    #expect(try code(request.run(on: node).answer) == .whole(4))
  }

  @Test func unreadableConfigurations() throws {
    func code(_ input: String) throws -> JSONValue? {
      var run = PluginRun(on: node)
      let variables = [
        "CNI_COMMAND": "ADD", "CNI_CONTAINERID": "c", "CNI_NETNS": "/ns", "CNI_IFNAME": "eth0",
      ]
      return try self.code(run.answer(environment: { variables[$0] }, input: Array(input.utf8)))
    }
    #expect(try code("") == .whole(6))
    #expect(try code("[]") == .whole(6))
    #expect(try code(#"{"cniVersion":"1.0.0"} x"#) == .whole(6))
    #expect(try code(#"{"cniVersion":"1.0.0","prevResult":[]}"#) == .whole(6))
    #expect(try code(#"{"cniVersion":"1.0.0","exclude_namespaces":"a"}"#) == .whole(7))
    #expect(
      try code(#"{"cniVersion":"1.0.0","runtimeConfig":{"io.kubernetes.cri.pod-annotations":[]}}"#)
        == .whole(7))
    #expect(try code(#"{}"#) == .whole(1))
  }

  @Test func errorsAreOneObjectWithoutControlCharacters() throws {
    let error = CNIError(.inputOutput, "a\n\"b\"\u{1B}", details: "c\u{7}")
    let object = try JSONReader.document(Array(error.json(version: .v0_4_0).utf8)).value
    #expect(object["cniVersion"] == .string("0.4.0"))
    #expect(object["code"] == .whole(5))
    #expect(object["msg"]?.scalarText?.unicodeScalars.allSatisfy { $0.value >= 0x20 } == true)
  }
}
