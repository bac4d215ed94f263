import Foundation
import Intercept
import Manifests
import TestSupport
import Testing

@testable import RuleCommands
@testable import istio_iptables_swift

/// Manifests on the command line: whose word counts, what is said of mistakes, and with which status.
struct ManifestCommandTests {
  private let pod = #"""
    {"kind": "Pod", "metadata": {"name": "web", "namespace": "app", "annotations":
    {"traffic.sidecar.istio.io/includeInboundPorts": "80", "traffic.sidecar.istio.io/excludeOutboundPorts": "25",
    "proxy.istio.io/config": "proxyMetadata:\n  ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE: \"it's, 202\""}}}
    """#

  private func file(_ text: String) throws -> String {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try text.write(to: url, atomically: true, encoding: .utf8)
    return url.path
  }

  /// Runs a command line in a shell, with a function in place of the program.
  private static func inShell(_ command: String, _ body: String) throws -> String {
    let renamed = command.replacing("istio-iptables-swift", with: "program")
    return try Program.require("/bin/sh", "-c", "program() { \(body); }\n\(renamed)")
  }

  private func shown(_ words: [String], _ environment: [String: String] = [:]) throws -> String {
    let options = try ObjectList(pod).podOptions(named: nil, in: MeshValues())
    let all = Options(flags: GoArguments(words).given, environment: environment, manifest: options.given)
    return ShownOptions(all, options).text("print")
  }

  @Test func flagsBeatTheEnvironmentAndThatThePod() throws {
    let text = try shown(["-b", "443"], ["ISTIO_LOCAL_OUTBOUND_PORTS_EXCLUDE": "26"])
    #expect(text.contains("#   --istio-inbound-ports 443\n#       the command line, -b\n"))
    #expect(
      text.contains(
        "#   --istio-local-outbound-ports-exclude 26\n#       the environment, ISTIO_LOCAL_OUTBOUND_PORTS_EXCLUDE\n"
      ))
    #expect(text.contains("#   --envoy-port 15001\n#       the injector's default\n"))
  }

  @Test func aShellTakesTheCommandLineForWhatItIs() throws {
    let text = try shown([])
    let command = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
    #expect(
      command.hasPrefix(#"ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE='it'\''s, 202' istio-iptables-swift print"#))
    #expect(command.contains("--istio-service-exclude-cidr ''"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let shell = try Self.inShell(command, #"printf '%s\n' "$@""#)
    #expect(shell.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).contains("25"))
  }

  @Test func theRulesAreThoseOfTheOptionsShown() throws {
    let path = try file(pod.replacing("it's, 202", with: "202"))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let fromPod = try Tool.run(["print", "--pod", path, "--ip-family", "ipv4"])
    let shown = try Tool.run(["print", "--pod", path, "--ip-family", "ipv4", "--show-options"])
    #expect(fromPod.status == 0 && shown.status == 0)
    let command = shown.output.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
    // Warnings are no part of a rendering.
    #expect(try Self.inShell(command, "\"\(Tool.path)\" \"$@\" 2>/dev/null") == fromPod.output)
    #expect(
      fromPod.output.contains("--dport 25 -j RETURN") && fromPod.output.contains("--gid-owner 202 -j RETURN"))
  }

  private static let troubles: [(words: [String], status: Int32, complaint: String?)] = [
    (["print", "--pod", "MISSING"], 1, "MISSING cannot be read: No such file or directory"),
    (
      ["print", "--pod", "BROKEN"], 1,
      "BROKEN, line 1: the text is not valid JSON: a value is missing before '}'"
    ),
    (
      ["diff", "--pod", "BROKEN", "/dev/null"], 2,
      "BROKEN, line 1: the text is not valid JSON: a value is missing before '}'"
    ),
    (
      ["print", "--pod", "SERVICE"], 1,
      "SERVICE: no pod and no object with a pod template in it; found: Service"
    ),
    (["lint", "BROKEN"], 2, "BROKEN, line 1: the text is not valid JSON: a value is missing before '}'"),
    (["lint", "MISSING"], 2, "MISSING cannot be read: No such file or directory"),
    (["lint", "--mesh-values", "SERVICE", "SERVICE"], 0, nil),
    (
      ["print", "--name", "x"], 64,
      "--name chooses among the pods of --pod; give that as well"
    ),
    (
      ["print", "--mesh-values", "x"], 64,
      "--mesh-values is for the pod of --pod; give that as well"
    ),
    (
      ["diff", "--pod", "-", "-"], 64,
      "--pod and the rules cannot both be read from standard input"
    ),
    (
      ["trace", "--listeners-from", "SERVICE", "outbound", "--to", "1.2.3.4:5"], 64,
      "--listeners-from makes the listeners of a pod's proxy; give the pod with --pod"
    ),
    (
      ["trace", "--listeners-from", "a", "--envoy-config", "b", "outbound"], 64,
      "--envoy-config and --listeners-from exclude each other"
    ),
    (
      ["lint", "--istio-release", "2.0", "SERVICE"], 64,
      "--istio-release: '2.0': give one from 1.14 to 1.31"
    ),
  ]

  @Test(arguments: troubles)
  func troubleInOneLine(_ words: [String], _ status: Int32, _ complaint: String?) throws {
    let files = ["BROKEN": try file(#"{"kind":}"#), "SERVICE": try file(#"{"kind": "Service"}"#)]
    defer { files.values.forEach { try? FileManager.default.removeItem(atPath: $0) } }
    let run = try Tool.run(words.map { files[$0] ?? $0 })
    #expect(run.status == status)
    guard let complaint else { return }
    let expected = files.reduce("error: \(complaint)\n") { $0.replacing($1.key, with: $1.value) }
    #expect(run.errors == expected && run.output.isEmpty)
  }

  /// Values in the wrong place are reported once, whichever command reads them.
  @Test(arguments: [
    ["lint", "POD"], ["print", "--pod", "POD"], ["print", "--pod", "POD", "--show-options"],
    ["trace", "--pod", "POD", "--listeners-from", "POD", "outbound", "--to", "1.2.3.4:5"],
  ])
  func valuesInTheWrongPlace(_ words: [String]) throws {
    let files = [
      "POD": try file(pod.replacing("it's, 202", with: "202")),
      "VALUES": try file(#"{"proxy": {"statusPort": 15555}}"#),
    ]
    defer { files.values.forEach { try? FileManager.default.removeItem(atPath: $0) } }
    let run = try Tool.run((words + ["--mesh-values", "VALUES"]).map { files[$0] ?? $0 })
    let warning = "warning: the mesh values contain no known setting, only proxy;"
    #expect(run.errors.components(separatedBy: warning).count == 2, "\(run.errors)")
  }

  /// The proxy's own listeners, and those made of the Services that Istio makes them of, before and after a Service of
  /// type ExternalName.
  @Test(
    arguments: [("before", "hazelcast"), ("after", "hazelcast-external-name")],
    ["10.12.1.6", "10.0.23.154", "10.0.18.143"])
  func madeListenersAnswerAsTheProxysOwn(_ names: (proxy: String, manifest: String), _ address: String) throws
  {
    let manifest = Repository.path("golden/manifests/\(names.manifest).json")
    let proxy = Repository.path("golden/trace/envoy/\(names.proxy).json")
    let words = [
      "trace", "--pod", manifest, "--name", "manager-7948dffbdd-p44xx", "--ip-family", "ipv4",
      "--istio-release", "1.16",
      "outbound", "--to", "\(address):5701", "--uid", "1000", "--format", "json",
    ]
    let answers = try [["--envoy-config", proxy], ["--listeners-from", manifest]].map { source in
      let run = try Tool.run(words + source)
      return try JSONDecoder().decode(Answer.self, from: Data(run.output.utf8)).envoy
    }
    #expect(answers[0] == answers[1])
  }

  private struct Answer: Decodable {
    struct Proxy: Decodable, Equatable {
      let listener: String
      let cluster: String
    }
    let envoy: Proxy
  }

  @Test func rulesOfLintByName() throws {
    let manifest = Repository.path("golden/manifests/six-things.json")
    let unknown = try Tool.run(["lint", "--only", "port-name,ports", manifest])
    #expect(
      unknown.status == 64
        && unknown.errors.contains("'ports' is not a lint rule; the rules are port-name, app-protocol")
    )
    let only = try Tool.run([
      "lint", "--only", "port-name", "--ignore", "start-order", "--format", "json", manifest,
    ])
    #expect(only.output.split(separator: "\n").count == 2)
    #expect(only.output.split(separator: "\n").allSatisfy { $0.contains(#""rule":"port-name""#) })
    let listed = try Tool.run(["lint", "--list-rules"])
    #expect(listed.status == 0)
    for rule in Lint.rules {
      #expect(listed.output.contains("\(rule.name)") && !rule.documentation.isEmpty)
    }
  }
}
