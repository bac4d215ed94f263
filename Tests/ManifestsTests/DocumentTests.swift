import Manifests
import Testing

@testable import KubernetesObjects
@testable import ManifestText

struct DocumentTests {
  private func read(_ text: String) -> ObjectList {
    var list = ObjectList()
    list.add(Array(text.utf8), file: "f")
    return list
  }

  private func service(_ name: String, port: String = "80") -> String {
    "kind: Service\nmetadata: {name: \(name)}\nspec:\n  ports:\n  - port: \(port)\n"
  }

  @Test func documentsOfHelm() {
    let list = read(
      """
      ---
      # Source: chart/a.yaml
      \(service("a"))
      ---
      # Source: chart/empty.yaml
      ---
      {"kind": "Service", "metadata": {"name": "b"}}
      --- # a comment
      \(service("c"))
      ...
      ---

      """)
    #expect(list.services.map(\.object.name) == ["a", "b", "c"] && list.problems.isEmpty)
    #expect(list.services.map { list.locations[$0.object]?.line } == [3, 12, 14])
    #expect(list.locations.values.allSatisfy { $0.file == "f" })
  }

  @Test func jsonAndYAMLInOneText() {
    let json = #"{"kind": "Service", "metadata": {"name": "NAME"}}"#
    let list = read(
      json.replacing("NAME", with: "a") + json.replacing("NAME", with: "b") + "\n---\n" + service("c")
        + "---\n"
        + json.replacing("NAME", with: "d"))
    #expect(list.services.map(\.object.name) == ["a", "b", "c", "d"] && list.problems.isEmpty)
  }

  @Test func aListOfKubectl() {
    let list = read(
      """
      apiVersion: v1
      items:
      - kind: Service
        metadata: {name: a}
      - 7
      - kind: Service
        metadata: {name: b, labels: {x: 1}}
      - kind: Service
        metadata:
          name: c
      kind: List
      metadata: {resourceVersion: ""}
      """)
    #expect(list.services.map(\.object.name) == ["a", "c"])
    #expect(list.problems.map(\.location.line) == [5, 7])
    #expect(list.problems.map(\.object?.name) == [nil, "b"])
  }

  @Test func brokenDocumentsDoNotEndTheText() {
    let list = read(
      service("a") + "---\na: 'x\n---\nb: [\n---\n" + service("b", port: "x") + "---\n" + service("c"))
    #expect(list.services.map(\.object.name) == ["a", "c"])
    #expect(list.problems.count == 3 && list.problems.last?.location.line == 15)
    let json = read(
      "{\"kind\": \"Pod\"\n\"metadata\": {}}\n{\"kind\": \"Service\"}\n{]\n---\n" + service("d"))
    #expect(json.services.count == 2 && json.problems.map(\.location.line) == [2, 4])
  }

  /// Only a document with an action of Go's templates is one.
  @Test func templatesOfHelmHaveAHint() {
    let list = read(
      "kind: Pod\nmetadata: {name: a\n---\n{{ if .Values.x }}\nkind: Pod\n{{ end }}\n---\n"
        + service("b"))
    #expect(list.problems.map { $0.problem.contains("helm template") } == [false, true])
  }

  @Test func manyBrokenDocumentsEndTheText() {
    let list = read(String(repeating: "---\na: [\n", count: 10_000) + "---\n" + service("a"))
    #expect(list.services.isEmpty && list.problems.count < 100)
  }

  @Test func problemsHaveTheLineOfTheField() {
    let list = read("# a\n" + service("a", port: "70000") + "---\n" + service("b", port: "\n      a: {}"))
    #expect(list.problems.map(\.location.line) == [6, 13])
  }

  @Test func encodingsOfPowerShell() {
    let text = service("a")
    let units = Array(("\u{FEFF}" + text).utf16)
    for bytes in [
      Array(("\u{FEFF}" + text).utf8), units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
      units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] },
    ] {
      var list = ObjectList()
      list.add(bytes, file: nil)
      #expect(list.services.map(\.object.name) == ["a"])
    }
  }

  @Test func otherDocumentsOfADirectoryArePassedOver() {
    let chart =
      "apiVersion: v2\nname: web\n---\nreplicas: 3\n---\n{{ if .Values.a }}\na: b\n---\n" + service("a")
    for isNamed in [true, false] {
      var list = ObjectList()
      list.add(Array(chart.utf8), file: "f", isNamed: isNamed)
      #expect(list.services.count == 1)
      #expect(list.problems.count == (isNamed ? 3 : 0) && list.passedOver == (isNamed ? 0 : 3))
    }
  }

  @Test func textsThatAreNoManifests() {
    for text in ["just words", "a: b", "7", "- - a", "kind: 5", "kind:\n  a: b", "[1, 2]"] {
      let list = read(text)
      #expect(list.kinds.isEmpty && !list.problems.isEmpty, "\(text)")
    }
    #expect(read("").problems.isEmpty)
  }
}
