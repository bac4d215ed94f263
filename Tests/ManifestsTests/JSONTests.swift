import Testing

@testable import Manifests

struct JSONTests {
  private func value(_ text: String) throws -> JSONNode {
    try #require(JSONDocument(text).roots.first)
  }

  @Test func everyKindOfValue() throws {
    let root = try value(
      #" {"a": [1, -2.5e+3, "x\u00e9\ud83d\ude00\n\"", true, false, null], "b": {"c": {}}, "é\t": [[]], "b2": ""} "#
    )
    let items = try root.list("a")
    #expect(items.map(\.token.kind) == [.number, .number, .escapedString, .true, .false, .null])
    #expect(try items[2].string() == "xé😀\n\"")
    #expect(root.members.map(\.name) == ["a", "b", "é\t", "b2"])
    #expect(try root.object("b")?.object("c")?.members.isEmpty == true)
    #expect(try root.list("é\t").first?.items.isEmpty == true)
  }

  @Test func absentAndNullAreTheSame() throws {
    let root = try value(#"{"a": null}"#)
    #expect(root["a"] == nil && root["b"] == nil)
    #expect(try root.string("a") == nil)
  }

  @Test func ofSeveralWithOneNameTheLastCounts() throws {
    #expect(try value(#"{"a": 1, "a": 2}"#).number("a", 0...9) == 2)
  }

  @Test func textsOneBehindAnother() throws {
    #expect(try JSONDocument("{}\n{} [1]").roots.count == 3)
  }

  @Test(arguments: [
    ("", "line 1, column 1: the text is empty"),
    ("\u{feff}", "line 1, column 4: the text is empty"),
    ("apiVersion: v1\nkind: Pod", "line 1, column 1: this is no JSON; have kubectl print it with -o json"),
    ("{\n  \"a\": }", "line 2, column 8: a value is missing"),
    ("[1 2]", "line 1, column 4: a comma or the end of a list is missing"),
    ("[1,]", "line 1, column 4: a value is missing"),
    ("{\"a\" 1}", "line 1, column 6: a colon behind the member's name is missing"),
    ("{1: 2}", "line 1, column 2: a member's name in quotes is missing"),
    ("{\"a\": 1", "line 1, column 8: the text ends in the middle of an object"),
    ("[\"abc", "line 1, column 6: the text ends in the middle of a string"),
    ("[\"a\\", "line 1, column 4: the text ends in the middle of a string"),
    ("[\"\\x\"]", "line 1, column 3: a backslash must not stand before this character"),
    ("[\"\\u12g4\"]", "line 1, column 3: four hexadecimal digits must follow \\u"),
    ("[\"a\nb\"]", "line 1, column 4: a string must not hold line ends or control characters"),
    ("[01]", "line 1, column 2: is no number"), ("[-]", "line 1, column 2: is no number"),
    ("[1.]", "line 1, column 2: is no number"), ("[1e]", "line 1, column 2: is no number"),
    ("{]", "line 1, column 2: a member's name in quotes is missing"),
    ("[1}", "line 1, column 3: a comma or the end of a list is missing"),
    ("nul", "line 1, column 1: this is no JSON; have kubectl print it with -o json"),
  ])
  func brokenTextsAreRefused(_ text: String, _ problem: String) {
    #expect(complaint { _ = try JSONDocument(text) } == problem)
  }

  /// Nesting must cost memory alone: a hundred thousand levels would end any recursion.
  @Test func deepNesting() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(
      complaint { _ = try JSONDocument(deep) }
        == "line 1, column 100001: the text ends in the middle of a list")
    let closed = deep + String(repeating: "]", count: 100_000)
    #expect(try JSONDocument(closed).roots.count == 1)
    let spec = String(repeating: "{\"a\":", count: 100_000) + "1" + String(repeating: "}", count: 100_000)
    #expect(try ObjectList(pod(spec: #"{"containers": [], "x": \#(spec)}"#)).pods.count == 1)
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
