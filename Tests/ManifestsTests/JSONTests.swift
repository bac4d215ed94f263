import Testing

@testable import Manifests

struct JSONTests {
  @Test func everyKindOfValue() throws {
    let root = try JSONNode.read(
      #" {"a": [1, -2.5e+3, "x\u00e9\ud83d\ude00\n\"", true, null, {}, []], "b": {"c": {}}, "é\t": [[]]} "#)
    let items = try root.list("a")
    #expect(
      items.map(\.kind.words) == [
        "a number", "a number", "a string", "true or false", "null", "an object", "a list",
      ])
    #expect(try items[0].number(0...9) == 1)
    #expect(try items[2].string() == "xé😀\n\"")
    #expect(root.members.map(\.name) == ["a", "b", "é\t"])
    #expect(try root.object("b")?.object("c")?.members.isEmpty == true)
    #expect(try root.list("é\t").first?.items?.isEmpty == true)
  }

  @Test func absentAndNullAreTheSame() throws {
    let root = try JSONNode.read(#"{"a": null}"#)
    #expect(root["a"] == nil && root["b"] == nil)
    #expect(try root.string("a") == nil)
    #expect(try JSONNode.read(#"{"labels": {"a": null, "b": "c"}}"#).texts("labels") == ["b": "c"])
  }

  @Test func pathsNameTheWay() throws {
    let root = try JSONNode.read(#"{"items": [{"spec": {"ports": [7, 8]}}]}"#)
    let item = try #require(root.list("items").first)
    let port = try #require(item.object("spec")?.list("ports").last)
    #expect(root.path(to: port) == "items[0].spec.ports[1]")
    #expect(item.path(to: port) == "spec.ports[1]")
    #expect(port.path(to: port) == "")
  }

  @Test func objectsMayStandOneBehindAnother() throws {
    let list = try ObjectList(pod("a}\\\"{") + "\n" + pod("b") + #"{"kind": "PodList", "items": []} "#)
    #expect(list.pods.map(\.object.name) == ["a}\"{", "b"])
    for broken in [pod() + "{", pod() + "}", pod() + "x", "[]]"] {
      #expect(throws: ManifestError.self) { try ObjectList(broken) }
    }
  }

  @Test(arguments: ["", " \n"])
  func anEmptyTextIsRefused(_ text: String) {
    #expect(complaint { _ = try JSONNode.read(text) } == "the text is empty")
  }

  @Test(arguments: [
    "apiVersion: v1\nkind: Pod", "{\n  \"a\": }", "[1 2]", "{\"a\": 1", "[\"abc", "{]", "nul", "{} {}",
    String(repeating: "[", count: 100_000),
    String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000),
  ])
  func brokenTextsAreRefused(_ text: String) {
    #expect(
      complaint { _ = try JSONNode.read(text) } == "this is no valid JSON; have kubectl print it with -o json"
    )
  }

  @Test(arguments: [
    "1e400", "99999999999999999999999999", "-1", "8080.5", "65536", "0", "\"8080\"", "{}", "[]",
  ])
  func wrongPortsAreRefused(_ number: String) {
    let text = pod(spec: #"{"containers": [{"name": "a", "ports": [{"containerPort": \#(number)}]}]}"#)
    let problem = complaint { _ = try ObjectList(text) } ?? ""
    #expect(
      problem.hasPrefix(
        "Pod app/web: spec.containers[0].ports[0].containerPort: must be a number from 1 to 65535"))
  }

  @Test(arguments: [
    (
      #"{"kind": "Pod", "metadata": []}"#, "Pod default/(no name): metadata: must be an object, and is a list"
    ),
    (
      #"{"kind": "Pod", "metadata": {"name": 5}}"#,
      "Pod default/(no name): metadata.name: must be a string, and is 5"
    ),
    (
      #"{"kind": "Pod", "metadata": {"name": "x", "namespace": "n", "labels": []}}"#,
      "Pod n/x: metadata.labels: must be an object, and is a list"
    ),
    (
      "{\"kind\": \"Pod\", \"metadata\": {\"name\": \"a\u{1}b\"}}",
      "Pod default/(no name): metadata.name: must be a string, and is nothing that can be read"
    ),
    (
      #"{"kind": "Pod", "metadata": {"name": "x"}, "spec": {"containers": {}}}"#,
      "Pod default/x: spec.containers: must be a list, and is an object"
    ),
    (
      #"{"kind": "Pod", "metadata": {"name": "x"}, "spec": {"containers": [7]}}"#,
      "Pod default/x: spec.containers[0]: must be an object, and is 7"
    ),
    (
      #"{"kind": "Pod", "metadata": {"name": "x"}, "spec": {"hostNetwork": "yes"}}"#,
      "Pod default/x: spec.hostNetwork: must be true or false, and is the string 'yes'"
    ),
    (
      #"{"kind": "Service", "metadata": {"name": "s\u001b[2J"}, "spec": {"ports": [{}]}}"#,
      #"Service default/s\u{1B}[2J: spec.ports[0].port: is missing; give a port from 1 to 65535"#
    ),
    (
      #"{"kind": "Service", "metadata": {"labels": {"a": {}}}}"#,
      "Service default/(no name): metadata.labels.a: must be a string, and is an object"
    ),
    (#"{"kind": "List", "items": {}}"#, "List /: items: must be a list, and is an object"),
    (
      #"{"items": []}"#,
      "Object default/(no name): kind: is missing; this is no object of Kubernetes'"
    ),
    ("[]", "Object default/(no name): must be an object of Kubernetes', and is a list"),
    (
      "7",
      "Object default/(no name): must be an object of Kubernetes', and is 7"
    ),
  ])
  func theObjectAndTheFieldAreNamed(_ text: String, _ problem: String) {
    #expect(complaint { _ = try ObjectList(text) } == problem)
  }
}
