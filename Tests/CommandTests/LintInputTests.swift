import Foundation
import TestSupport
import Testing

/// The inputs and the formats of `lint`.
struct LintInputTests {
  private static func service(_ name: String, port: String = "web") -> String {
    "# a comment\nkind: Service\nmetadata:\n  name: \(name)\nspec:\n  ports: [{name: \(port), port: 80}]\n"
  }

  private static let broken = "kind: Service\nmetadata: {name: broken}\nspec:\n  ports:\n  - port: many\n"

  private func findings(_ words: [String]) throws -> [[String: Any]] {
    let run = try Tool.run(["lint", "--format", "json"] + words)
    #expect(run.status == 1, "\(run)")
    return try run.output.split(separator: "\n").map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  @Test func directoriesAreReadWithAllBelow() throws {
    let folder = try Folder([
      "a.yaml": Self.service("a"), "b/c/d.yml": Self.service("d"), "b/e.json": #"{"kind": "Service"}"#,
      "values.yaml": "replicas: 3\n", "notes.txt": "a: [", ".hidden/x.yaml": "a: [", "b/Z.YAML": Self.broken,
    ])
    let found = try findings([folder.path])
    #expect(
      found.map { $0["file"] as? String }
        == ["a.yaml", "b/Z.YAML", "b/c/d.yml"].map { "\(folder.path)/\($0)" })
    #expect(found.map { $0["line"] as? Int } == [2, 5, 2])
    #expect(found.map { $0["rule"] as? String } == ["port-name", "unreadable", "port-name"])
    #expect(found.map { $0["severity"] as? String } == ["info", "error", "info"])
  }

  @Test(arguments: ["--gzip", "--format=pax"])
  func archivesAreReadWithAllInThem(options: String) throws {
    let folder = try Folder([
      "report/cluster/k8s-resources": "apiVersion: v1\n" + Self.service("a"), "report/b.yaml": Self.broken,
      "report/proxies/proxy.log": "a: [", "report/values.yaml": "replicas: 3\n",
    ])
    let archive = try folder.archive(options, of: ["report"])
    let found = try findings([archive])
    #expect(
      Set(found.map { "\($0["file"] ?? "") \($0["line"] ?? "") \($0["rule"] ?? "")" }) == [
        "\(archive):report/cluster/k8s-resources 1 port-name", "\(archive):report/b.yaml 5 unreadable",
      ])
    try Program.require("truncate", "-s", "-20", archive)
    let cut = try Tool.run(["lint", archive])
    #expect(cut.status == 2 || options != "--gzip", "\(cut)")
  }

  @Test func oneBrokenObjectIsAFinding() throws {
    let folder = try Folder([
      "a.yaml": Self.service("a", port: "http") + "---\na: [\n---\n" + Self.service("b"),
      "b.yaml": Self.broken,
    ])
    let found = try findings(["\(folder.path)/a.yaml", "\(folder.path)/b.yaml"])
    #expect(
      Set(found.map { "\($0["name"] ?? "") \($0["rule"] ?? "")" }) == [
        "broken unreadable", " unreadable", "b port-name",
      ])
    let single = try findings(["\(folder.path)/b.yaml"])
    #expect(single.map { $0["rule"] as? String } == ["unreadable"])
  }

  @Test func textsWithoutAnyObjectAreErrors() throws {
    let folder = try Folder([
      "broken.yaml": "a: [", "empty.yaml": "# nothing\n", "values/values.yaml": "a: b",
    ])
    for name in ["broken.yaml", "empty.yaml", "values", "missing"] {
      let run = try Tool.run(["lint", "\(folder.path)/\(name)"])
      #expect(run.status == 2 && run.output.isEmpty, "\(run)")
      #expect(run.errors.contains("\(folder.path)/\(name)"), "\(run)")
    }
  }

  @Test func aFileThatCannotBeOpenedHidesNoFinding() throws {
    let folder = try Folder(["a.yaml": Self.service("a")])
    let run = try Tool.run(["lint", "--format", "json", "\(folder.path)/missing", "\(folder.path)/a.yaml"])
    #expect(run.status == 2 && run.output.contains("port-name") && run.errors.contains("missing"), "\(run)")
  }

  @Test func archivesInDirectoriesAreRead() throws {
    let folder = try Folder(["report/b.yaml": Self.broken, "notes/x.txt": "no manifest"])
    let archive = try folder.archive("--gzip", of: ["report"])
    try Program.require("mv", archive, "\(folder.path)/notes/a.tar.gz")
    try Program.require(
      "tar", "-C", folder.path, "-czf", "\(folder.path)/notes/empty.tar.gz", "notes/x.txt")
    let found = try findings(["\(folder.path)/notes"])
    #expect(found.map { $0["file"] as? String } == ["\(folder.path)/notes/a.tar.gz:report/b.yaml"])
  }

  /// A directory that cannot be read, also by root: it is nested too deep.
  @Test func aDirectoryThatCannotBeReadHidesNoFinding() throws {
    let deep = Array(repeating: "d", count: 33).joined(separator: "/")
    let folder = try Folder([
      "a/\(deep)/x.yaml": "", "b/\(deep)/x.yaml": "", "c.yaml": Self.service("c"),
      "a.yaml": Self.service("a"),
    ])
    let run = try Tool.run(["lint", "--format", "json", folder.path])
    #expect(run.status == 2, "\(run)")
    #expect(run.output.split(separator: "\n").count == 2, "\(run)")
    for name in ["a", "b"] { #expect(run.errors.contains("\(folder.path)/\(name)/d/d"), "\(run)") }
  }

  /// A pipe or device may block, or have no end; pipes of a shell have a writer.
  @Test func pipesAndDevices() throws {
    let folder = try Folder(["a.yaml": Self.service("a")])
    try Program.require("mkfifo", "\(folder.path)/pipe.yaml")
    for file in ["\(folder.path)/pipe.yaml", "/dev/zero"] {
      let run = try Tool.run(["lint", file])
      #expect(run.status == 2 && run.errors.contains(file), "\(run)")
    }
    #expect(try findings([folder.path]).map { $0["rule"] as? String } == ["port-name"])
    let shell = try Program.run(["bash", "-c", "\(Tool.path) lint <(cat \(folder.path)/a.yaml)"])
    #expect(shell.status == 1 && shell.output.contains("port-name"), "\(shell)")
    #expect(try Tool.run(["lint", "/dev/null"]).status == 2)
  }

  @Test func severities() throws {
    let folder = try Folder(["a.yaml": Self.service("a")])
    func status(_ words: String...) throws -> Int32 { try Tool.run(["lint"] + words + [folder.path]).status }
    #expect(try status() == 1)
    #expect(try status("--fail-on", "warning") == 0)
    #expect(try status("--severity", "warning") == 0)
    #expect(try status("--severity", "info", "--fail-on", "info") == 1)
    #expect(try status("--severity", "loud") == 64)
    #expect(try Tool.run(["lint", "--severity", "error", "--format", "json", folder.path]).output.isEmpty)
  }

  @Test func rulesAreExplained() throws {
    let run = try Tool.run(["lint", "--explain", "port-name"])
    #expect(run.status == 0 && run.output.contains("appProtocol"))
    #expect(try Tool.run(["lint", "--explain", "no-such-rule"]).status == 64)
  }

  @Test func annotationsOfGitHub() throws {
    let folder = try Folder(["a,b%.yaml": Self.service("a"), "c.yaml": Self.broken])
    let lines = try Tool.run(["lint", "--format", "github", folder.path]).output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(
      lines.contains { $0.hasPrefix("::notice file=\(folder.path)/a%2Cb%25.yaml,line=2,title=port-name::") })
    #expect(lines.contains { $0.hasPrefix("::error file=\(folder.path)/c.yaml,line=5,title=unreadable::") })
  }

  @Test func sarif() throws {
    let folder = try Folder(["a b.yaml": Self.service("a")])
    let run = try Tool.run(["lint", "--format", "sarif", folder.path])
    #expect(run.status == 1)
    let log = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(log["version"] as? String == "2.1.0" && log["schemaVersion"] == nil)
    let results = try #require((log["runs"] as? [[String: Any]])?.first?["results"] as? [[String: Any]])
    let location = try #require((results.first?["locations"] as? [[String: Any]])?.first)
    let place = try #require(location["physicalLocation"] as? [String: [String: Any]])
    #expect(place["artifactLocation"]?["uri"] as? String == "\(folder.path)/a%20b.yaml")
    #expect(place["region"]?["startLine"] as? Int == 2)
    #expect(
      results.first?["ruleId"] as? String == "port-name" && results.first?["level"] as? String == "note")
  }

  @Test func aPodOfADirectory() throws {
    let pod = "kind: Pod\nmetadata: {name: NAME}\nspec: {containers: [{name: app}]}\n"
    let folder = try Folder([
      "a.yaml": pod.replacing("NAME", with: "a"), "b.yaml": pod.replacing("NAME", with: "b"),
      "c.yaml": "a: [",
    ])
    let run = try Tool.run(["print", "--pod", folder.path, "--name", "b", "--ip-family", "ipv4"])
    #expect(run.status == 0 && run.output.contains("ISTIO_OUTPUT") && run.errors.contains("c.yaml, line"))
    #expect(try Tool.run(["print", "--pod", folder.path, "--name", "z"]).status == 1)
  }
}
