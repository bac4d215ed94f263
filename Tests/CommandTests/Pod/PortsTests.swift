import Foundation
import KernelTestSupport
import TestSupport
import Testing

/// `ports` against real sockets.
@Suite(.enabled(if: canUseKernel))
struct PortsTests {
  private static func ports(_ options: String = "") -> [String] {
    [Tool.path, "ports", "-u", "1337", "--ip-family", "ipv4"] + options.shellWords
  }

  @Test func aSidecarIsFine() throws {
    try withNamespace {
      let sockets = try PodSockets.sidecar()
      try sockets.listen(8080, of: 1000)
      let outcome = try Program.run(Self.ports())
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.output.contains("ok    15006/tcp  inbound connections (envoy)\n"))
      #expect(outcome.output.contains("other listeners\n      8080/tcp   0.0.0.0, uid 1000: "))
      #expect(outcome.output.contains(" (\(getpid()))"), "\(outcome)")
    }
  }

  @Test func aMissingProxyAndAnAppInItsPlaceAreFindings() throws {
    try withNamespace {
      let sockets = try PodSockets.sidecar()
      let dns = try Program.run(Self.ports("--redirect-dns --capture-all-dns"))
      #expect(dns.status == 1, "\(dns)")
      #expect(dns.output.contains("WRONG 15053/udp  DNS (pilot-agent)\n"))
      try sockets.listen(15008, of: 1000)
      let outcome = try Program.run(Self.ports())
      #expect(outcome.status == 1, "\(outcome)")
      #expect(outcome.output.contains("WRONG 15008/tcp"))
      #expect(outcome.output.contains("not the proxy: 0.0.0.0, uid 1000: "))
    }
  }

  @Test func jsonHasTheSameFacts() throws {
    try withNamespace {
      let sockets = try PodSockets.sidecar()
      try sockets.listen(15002, of: 1337)
      let outcome = try Program.run(Self.ports("--format json"))
      let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
      #expect(outcome.status == 1 && !report.ok)
      #expect(report.ports.filter { !$0.ok }.map(\.port) == [15002])
      #expect(report.ports.flatMap(\.listeners).allSatisfy { $0.uid == 1337 && $0.families == ["ipv4"] })
    }
  }

  @Test func itLooksIntoAnotherNamespace() throws {
    try withNamespace {
      let sockets = try PodSockets.sidecar()
      defer { withExtendedLifetime(sockets) {} }
      let thread = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
      let there = Self.ports("--network-namespace /proc/\(thread)/ns/net")
      try Program.require(["unshare", "--net"] + there)
      #expect(try Program.run(["unshare", "--net"] + Self.ports()).status == 1)
    }
  }

  @Test func troubleHasAStatusOfItsOwn() throws {
    let outcome = try Program.run(Self.ports("--network-namespace /nowhere"))
    #expect(outcome.status == 2)
    #expect(outcome.output.hasPrefix("error: cannot open network namespace \"/nowhere\""))
    #expect(try Program.run(Self.ports("--format yaml")).status == 64)
  }

  private struct Report: Decodable {
    let ok: Bool
    let ports: [Entry]

    struct Entry: Decodable {
      let port: Int
      let ok: Bool
      let listeners: [Listener]
    }

    struct Listener: Decodable {
      let uid: Int
      let families: [String]
    }
  }
}
