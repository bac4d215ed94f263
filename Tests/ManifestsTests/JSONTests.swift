import Manifests
import Testing

@testable import KubernetesObjects
@testable import ManifestText

struct JSONTests {
  /// Reads the object at the top of a text.
  private func object(_ text: String) throws -> JSONObject {
    try JSONObject(DocumentReader.only(text))
  }

  @Test func everyKindOfValue() throws {
    let root = try object(
      #" {"a": 1, "b": -2.5e+3, "bb": -2.5, "c": "x\u00e9\ud83d\ude00\n\"", "d": true, "e": null, "f": {}, "g": [], "h": "\ud83d!", "é\t": {"é": {}}} "#
    )
    #expect(root.names == ["a", "b", "bb", "c", "d", "e", "f", "g", "h", "é\t"])
    let values: [JSONValue] = [
      .whole(1), .whole(-2500), .number(-2.5), .string("xé😀\n\""), .bool(true), .null, .object([:]),
      .list([]), .string("\u{FFFD}!"),
    ]
    for (name, value) in zip(root.names, values) { #expect(root.value(name) == value) }
    #expect(try root.number("a", 0...9) == 1)
    #expect(try root.string("c") == "xé😀\n\"")
    #expect(try root.objects("g").isEmpty)
    #expect(try root.object("é\t")?.object("é")?.names.isEmpty == true)
  }

  @Test func absentAndNullAreTheSame() throws {
    let root = try object(#"{"a": null, "labels": {"a": null, "b": "c"}}"#)
    for name in ["a", "b"] {
      #expect(!root.has(name))
      #expect(try root.object(name) == nil)
      #expect(try root.objects(name).isEmpty && root.strings(name).isEmpty && root.texts(name).isEmpty)
      #expect(try root.string(name) == nil && root.bool(name) == nil && root.number(name, 0...9) == nil)
      #expect(try root.scalarText(name) == nil && root.intOrString(name) == nil)
    }
    #expect(try root.texts("labels") == ["b": "c"])
  }

  @Test func paths() throws {
    let root = try object(#"{"items": [{"spec": {"ports": [{}, {"a": {}}]}}]}"#)
    let item = try #require(root.objects("items").first)
    let port = try #require(item.object("spec")?.objects("ports").last)
    #expect(port.path.from(root.path) == "items[0].spec.ports[1]")
    #expect(port.path.from(item.path) == "spec.ports[1]")
    #expect(port.path.from(port.path) == "")
    let problem = #expect(throws: FieldProblem.self) { try port.string("a") }
    #expect(problem?.path.from(item.path) == "spec.ports[1].a")
  }

  @Test func concatenatedObjects() throws {
    let list = try ObjectList(pod("a}\\\"{") + "\n" + pod("b") + #"{"kind": "PodList", "items": []} "#)
    #expect(list.pods.map(\.object.name) == ["a}\"{", "b"])
    let separated = try ObjectList(
      "---\n" + pod("a") + "\n---\n" + pod("b") + "\n--- \n[\(pod("c")), \(pod("d"))]\n")
    #expect(separated.pods.map(\.object.name) == ["a", "b", "c", "d"])
    for broken in [pod() + "{", pod() + "}", pod() + "x", "[]]"] {
      #expect(throws: ManifestError.self) { try ObjectList(broken) }
    }
  }

  @Test(arguments: ["", " \n"])
  func emptyTextIsRejected(_ text: String) {
    #expect(message { _ = try ObjectList(text) } == "the text is empty")
  }

  @Test(arguments: [
    ("{\n  \"a\": }", 2), ("[[1 2]]", 1), ("{\"a\": 1", 1), ("[\"abc", 1), ("{]", 1), ("{\"a\": nul}", 1),
    ("{\"a\": 1,\n\"a\": 2}", 2), ("{\"a\": 01}", 1), ("{\"a\": 1.}", 1), ("{\"a\": -}", 1),
    ("{\"a\": 1e}", 1), ("{\"a\":\n\"\\q\"}", 2),
    ("{\"a\": \"\\u12+4\"}", 1), ("{\"a\": \"\n\"}", 1), ("{\"a\": \"\\\"", 1), ("{\"a\",}", 1),
    (String(repeating: "[", count: 100_000), 1),
    (String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000), 1),
  ])
  func invalidTextsAreRejected(_ text: String, _ line: Int) {
    for read in [{ _ = try MeshValues(text) }, { _ = try ObjectList(text) }] {
      let error = #expect(throws: ManifestError.self) { try read() }
      #expect(error?.line == line)
    }
  }

  @Test(arguments: [
    "1e400", "99999999999999999999999999", "-1", "8080.5", "65536", "0", "\"8080\"", "{}", "[]",
  ])
  func wrongPortsAreRejected(_ number: String) {
    let text = pod(spec: #"{"containers": [{"name": "a", "ports": [{"containerPort": \#(number)}]}]}"#)
    let problem = message { _ = try ObjectList(text) } ?? ""
    #expect(
      problem.hasPrefix(
        "Pod app/web: spec.containers[0].ports[0].containerPort: must be a number from 1 to 65535"))
  }

  @Test(arguments: [
    (
      #"{"kind": "Pod", "metadata": []}"#, "Pod default/(no name): metadata: must be an object, but is a list"
    ),
    (
      #"{"kind": "Pod", "metadata": {"name": 5}}"#,
      "Pod default/(no name): metadata.name: must be a string, but is 5"
    ),
    (
      #"{"kind": "Pod", "metadata": {"name": "x", "namespace": "n", "labels": []}}"#,
      "Pod n/x: metadata.labels: must be an object, but is a list"
    ),
    (
      "{\"kind\": \"Pod\", \"metadata\": {\"name\": \"a\u{1}b\"}}",
      "the text is not valid JSON: a string contains a control character"
    ),
    (
      #"{"kind": "Pod", "metadata": {"name": "x"}, "spec": {"containers": {}}}"#,
      "Pod default/x: spec.containers: must be a list, but is an object"
    ),
    (
      #"{"kind": "Pod", "metadata": {"name": "x"}, "spec": {"containers": [7]}}"#,
      "Pod default/x: spec.containers[0]: must be an object, but is 7"
    ),
    (
      #"{"kind": "Pod", "metadata": {"name": "x"}, "spec": {"hostNetwork": "yes"}}"#,
      "Pod default/x: spec.hostNetwork: must be true or false, but is the string 'yes'"
    ),
    (
      #"{"kind": "Service", "metadata": {"name": "s\u001b[2J"}, "spec": {"ports": [{}]}}"#,
      #"Service default/s\u{1B}[2J: spec.ports[0].port: is missing; give a port from 1 to 65535"#
    ),
    (
      #"{"kind": "Service", "metadata": {"labels": {"a": {}}}}"#,
      "Service default/(no name): metadata.labels.a: must be a string, but is an object"
    ),
    (#"{"kind": "List", "items": {}}"#, "List /: items: must be a list, but is an object"),
    (
      #"{"kind": "List", "items": [{"kind": "Secret"}, 7]}"#,
      "Object default/(no name): must be an object, but is 7"
    ),
    (
      #"{"kind": "Service", "metadata": {"name": "s"}, "spec": {"clusterIPs": ["a", null]}}"#,
      "Service default/s: spec.clusterIPs[1]: must be a string, but is null"
    ),
    (
      #"{"kind": "Service", "metadata": {"name": "s"}, "spec": {"ports": [{"port": 1, "targetPort": true}]}}"#,
      "Service default/s: spec.ports[0].targetPort: must be a number from 0 to 65535, but is true"
    ),
    (
      #"{"kind": "PodList", "items": [{"metadata": {"name": "x", "labels": {"b": 1, "a": 2}}}]}"#,
      "Pod default/x: metadata.labels.a: must be a string, but is 2"
    ),
    (
      #"{"items": []}"#,
      "Object default/(no name): kind: is missing; not a Kubernetes object"
    ),
    ("[[]]", "Object default/(no name): must be a Kubernetes object, but is a list"),
    (
      "7",
      "Object default/(no name): must be a Kubernetes object, but is 7"
    ),
  ])
  func errorsNameObjectAndField(_ text: String, _ problem: String) {
    #expect(message { _ = try ObjectList(text) } == problem)
  }
}
