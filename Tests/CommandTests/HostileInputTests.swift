import Foundation
import TestSupport
import Testing

/// Inputs that are larger or worse than any honest one: an answer or a short error, within bounded memory and processor
/// time.
@Suite struct HostileInputTests {
  /// Runs the tool with limits that only a run without bounds reaches: of its memory in MiB, and 60 s of the processor.
  private func run(_ words: String..., input: String = "", megabytes: Int = 256) throws -> Outcome {
    let limits = ["prlimit", "--data=\(megabytes << 20)", "--cpu=60", "--core=0"]
    return try Program.run(limits + [Tool.path] + words, input: input, separatingErrors: true)
  }

  private func pod(_ annotation: String, _ value: String) throws -> String {
    let metadata: [String: Any] = ["name": "web", "namespace": "shop", "annotations": [annotation: value]]
    let pod: [String: Any] = [
      "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": ["containers": [["name": "app"]]],
    ]
    return String(decoding: try JSONSerialization.data(withJSONObject: pod), as: UTF8.self)
  }

  @Test func aListOfWrongItemsIsAShortError() throws {
    let list = (1...20_000).map(String.init).joined(separator: ",")
    let outcome = try run("print", "--ip-family", "ipv4", "--istio-service-cidr", list)
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("20000") && outcome.errors.utf8.count < 1000, "\(outcome)")
  }

  @Test(arguments: [
    ("traffic.sidecar.istio.io/includeInboundPorts", String(repeating: "a,", count: 64_000)),
    ("proxy.istio.io/config", "a: [\n" + String(repeating: "x,\n", count: 16_000)),
    ("proxy.istio.io/config", String(repeating: "[", count: 60_000)),
  ])
  func aWrongAnnotationIsAShortError(_ annotation: String, _ value: String) throws {
    let outcome = try run("print", "--pod", "-", input: try pod(annotation, value))
    #expect(![0, 3].contains(outcome.status) && outcome.status < 128 && outcome.output.isEmpty)
    #expect(outcome.errors.contains(annotation) && outcome.errors.utf8.count < 2000, "\(outcome)")
  }

  /// Every host of one kind is compared with every host of the other only if no index limits the pairs.
  @Test func fourThousandWildcardHostsAreLinted() throws {
    let objects = (0..<4000).map { number in
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: s\(number), namespace: shop}
      spec: {hosts: ["*.h\(number).example.com"], ports: [{number: 80, name: http, protocol: HTTP}]}
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: v\(number), namespace: shop}
      spec: {hosts: [x.h\(number).example.com], http: [{route: [{destination: {host: x.h\(number).example.com}}]}]}

      """
    }
    let outcome = try run("lint", "-", input: objects.joined(separator: "---\n"), megabytes: 512)
    #expect([0, 1].contains(outcome.status), "\(outcome)")
  }

  @Test func eightThousandInterfacesAreLowered() throws {
    let names = (0..<8000).map { "if\($0)" }.joined(separator: ",")
    let outcome = try run(
      "print", "--profile", "sidecar", "-u", "1337", "--ip-family", "ipv4", "--format", "nft", "-c", names)
    #expect(outcome.status == 0 && outcome.output.contains("if7999"))
  }

  /// The dump of a node: its rules are of another program, and no hook leads to them. Half of the limit is the program's
  /// own.
  @Test(arguments: [
    ["diff", "--profile", "sidecar", "--ip-family", "ipv4", "-"],
    [
      "trace", "--profile", "sidecar", "--ip-family", "ipv4", "--ruleset", "-", "outbound", "--to",
      "10.0.0.1:80",
    ],
  ])
  func aLargeDumpTakesLittleMoreThanItsSize(_ command: [String]) throws {
    let rule =
      "-A KUBE-SVC -s 10.0.0.1/32 -p tcp -m comment --comment \"shop/web\" -m tcp --dport 80 -j ACCEPT\n"
    let head = "*nat\n:OUTPUT ACCEPT [0:0]\n:KUBE-SVC - [0:0]\n"
    let text = head + String(repeating: rule, count: 22_000) + "COMMIT\n"
    let limits = ["prlimit", "--data=\(14 << 20)", "--core=0"]
    let outcome = try Program.run(limits + [Tool.path] + command, input: text, separatingErrors: true)
    #expect(outcome.status < 2 && !outcome.output.isEmpty, "\(outcome.status) \(outcome.errors)")
  }
}
