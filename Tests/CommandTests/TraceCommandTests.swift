import Foundation
import TestSupport
import Testing

/// `trace` as a script calls it: what it reads from where, and how it ends.
struct TraceCommandTests {
  private static let listeners = Repository.path("golden/trace/envoy/after.json")
  private static let sidecar = ["trace", "--profile", "sidecar", "-u", "1337", "--ip-family", "ipv4"]

  @Test(arguments: [
    (
      ["--from-listener", "15001", "outbound", "--to", "10.0.0.1:80"],
      "--from-listener needs the proxy's listeners"
    ),
    (["--ruleset", "-", "--envoy-config", "-", "inbound"], "--ruleset and --envoy-config cannot both read"),
    (["--flows", "-", "--envoy-config", "-"], "--flows and --envoy-config cannot both read"),
    (["--from-listener", "x", "outbound", "--to", "10.0.0.1:80"], "--from-listener: 'x': give a port"),
    (
      ["outbound", "--to", "10.0.0.1:80", "--sni", ""],
      "--sni: '': nothing is given; give the name of a server"
    ),
    (["outbound", "--to", "10.0.0.1:80", "--alpn", "h2,"], "--alpn: 'h2,': give names"),
    (["outbound", "--to", "10.0.0.1:80", "--sni", "a.example"], "--sni needs the proxy's listeners"),
    (["--kernel", "outbound", "--to", "10.0.0.1:80", "--http-path", "/a"], "--http-path needs the proxy's"),
    (["outbound", "--to", "10.0.0.1:0"], "--to: '10.0.0.1:0': give an address and a port"),
    (["inbound", "--to", "10.0.0.1:80", "--from", "10.0.0.2:0"], "--from: '10.0.0.2:0': give an address"),
    (
      ["--pid", "1", "--ruleset", "x", "outbound", "--to", "10.0.0.1:80"], "--pid selects the kernel's rules"
    ),
  ])
  func wrongUsage(_ words: [String], _ message: String) throws {
    let answer = try Tool.run(Self.sidecar + words)
    #expect(answer.status == 64)
    #expect(answer.output.isEmpty)
    #expect(answer.errors.contains(message), "\(answer.errors)")
  }

  @Test func configurationsThatCannotBeRead() throws {
    for path in ["/nonexistent.json", "/dev/null"] {
      let answer = try Tool.run(
        Self.sidecar + ["--envoy-config", path, "outbound", "--to", "10.0.0.1:80"])
      #expect(answer.status == 1)
      #expect(answer.output.isEmpty)
      #expect(answer.errors.split(separator: "\n").count == 1)
      #expect(answer.errors.contains(path))
    }
  }

  @Test func oneWordForScripts() throws {
    let words = Self.sidecar + ["--quiet", "--envoy-config", Self.listeners, "outbound", "--to"]
    #expect(try Tool.run(words + ["10.12.2.8:5701"]).output == "redirect\n")
    let there = try Tool.run(words + ["10.12.2.8:5701", "--from-listener", "15001"])
    #expect(there.output == "outbound|5701||app-ext.app.svc.cluster.local\n")
  }

  @Test func clustersAreCheckedLineByLine() throws {
    let lines = """
      {"direction":"outbound","to":"10.12.2.8:5701","expect":"redirect:15001","expectCluster":"PassthroughCluster"}
      {"direction":"outbound","to":"10.12.2.8:5702","expectCluster":"PassthroughCluster"}
      {"direction":"outbound","to":"10.12.0.11:5701","fromListener":15001,"expectCluster":"inbound|5701|tcp-hazelcast|manager.manager.svc.cluster.local"}
      {"direction":"outbound","to":"10.12.2.8:5701","uid":1337,"expectCluster":"PassthroughCluster"}
      """
    let file = FileManager.default.temporaryDirectory.appending(path: "flows-\(UUID()).json")
    try lines.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let answer = try Tool.run(Self.sidecar + ["--envoy-config", Self.listeners, "--flows", file.path])
    #expect(answer.status == 1)
    let marks = answer.output.split(separator: "\n").filter { !$0.hasPrefix(" ") }.map { $0.prefix(6) }
    #expect(marks == ["FAILED", "ok    ", "ok    ", "FAILED"])
    #expect(answer.errors.contains("2 of 4 connections are not as expected"))
  }

  @Test func anExpectedClusterNeedsTheProxysListeners() throws {
    let line = #"{"direction":"outbound","to":"10.0.0.1:80","expectCluster":"PassthroughCluster"}"#
    let answer = try Program.run([Tool.path] + Self.sidecar + ["--flows", "-"], input: line)
    #expect(answer.status == 64 && answer.output.contains("--envoy-config"), "\(answer)")
  }

  @Test(arguments: [
    ["--live", "--network-namespace", "nowhere"], ["--pod", "/nowhere"], ["--ruleset", "/nowhere"],
  ])
  func troubleOfFlowsHasAStatusOfItsOwn(_ options: [String]) throws {
    let line = #"{"direction":"outbound","to":"10.0.0.1:80","expect":"redirect"}"#
    let words = [Tool.path, "trace", "--flows", "-"] + options
    #expect(try Program.run(words, input: line).status == 2)
  }
}
