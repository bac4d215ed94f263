import Foundation
import Glibc
import KernelTestSupport
import TestSupport
import Testing

/// The answer of `connections --format json`.
struct ConnectionsAnswer: Decodable {
  struct Connection: Decodable {
    let direction, source, originalDestination, verdict: String
    let bypass: String?
    let uid: UInt32?
    let acceptor: Acceptor?
  }

  struct Acceptor: Decodable {
    let local, remote: String
  }

  let connections: [Connection]
}

/// A line of `connections --follow --format json`.
struct ConnectionEvent: Decodable {
  let event: String
  let connection: ConnectionsAnswer.Connection
}

extension PodSandbox {
  fileprivate func connections(_ options: String = "") throws -> [ConnectionsAnswer.Connection] {
    let outcome = try tool("connections --format json \(options)")
    guard outcome.status == 0 else { throw ProgramFailureText(description: outcome.description) }
    let answer = try JSONDecoder().decode(ConnectionsAnswer.self, from: Data(outcome.output.utf8))
    return answer.connections
  }
}

private struct ProgramFailureText: Error, CustomStringConvertible {
  let description: String
}

/// `connections` in a real namespace; `ss` and `conntrack` are the witnesses.
@Suite(.enabled(if: canUseKernel))
struct ConnectionsTests {
  @Test func twoThousandConnectionsAreThoseOfSSAndConntrack() throws {
    let pod = try PodSandbox.healthy("-o 5702")
    for port in [5702, 5703] as [UInt16] { try pod.neighbourListens(port) }
    for _ in 0..<700 {
      try pod.connect(to: "10.244.1.1", 5701, as: PodSandbox.app)
      try pod.connect(to: "10.244.1.1", 5702, as: PodSandbox.app)
      try pod.connect(to: "10.244.1.1", 5703, as: PodSandbox.proxy)
    }
    let found = try pod.connections()
    let listed = try pod.command("ss -tnH state connected exclude time-wait").split(separator: "\n")
    let witness = Set(listed.map { $0.split(separator: " ").suffix(2).joined(separator: " ") })
    let sockets = found.flatMap { connection in
      ["\(connection.source) \(connection.originalDestination)"]
        + (connection.acceptor.map { ["\($0.local) \($0.remote)"] } ?? [])
    }
    #expect(found.count == 2100)
    #expect(Set(sockets) == witness && sockets.count == witness.count)
    // The figure that conntrack writes to standard error may divide a line of its buffered output.
    let entries = try pod.inPod {
      try Program.run(["conntrack", "-L", "-p", "tcp"], separatingErrors: true).output.split(separator: "\n")
    }
    #expect(
      entries.count { $0.contains("src=127.0.0.1 dst=10.244.1.7 sport=15001") }
        == found.count { $0.verdict == "redirect" })
    #expect(found.count { $0.verdict == "redirect" && $0.acceptor?.local == "127.0.0.1:15001" } == 700)
    #expect(found.count { $0.bypass == "excluded-port" } == 700)
    #expect(found.count { $0.uid == 1337 && $0.bypass == nil && $0.verdict == "accept" } == 700)
    try expectFilters(pod)
  }

  private func expectFilters(_ pod: PodSandbox) throws {
    let counts = [
      ("--verdict bypass", 700), ("--port 5702", 700), ("--port 15001", 700), ("--uid 1337", 1400),
      ("--uid 1000 --verdict redirect", 700), ("--to 10.244.0.0/16", 2100), ("--to 10.244.1.2", 0),
      ("--process nothing", 0),
    ]
    for (options, count) in counts { #expect(try pod.connections(options).count == count, "\(options)") }
  }

  @Test func anInboundConnectionShowsItsOriginalPort() throws {
    let pod = try PodSandbox.healthy("-d 15090,15021,15020,8081")
    try pod.listen(8081, as: PodSandbox.app)
    for port in [8080, 8081] as [UInt16] { try pod.neighbourConnects(to: "10.244.1.7", port) }
    let found = try pod.connections().sorted { $0.originalDestination < $1.originalDestination }
    #expect(found.map(\.originalDestination) == ["10.244.1.7:8080", "10.244.1.7:8081"])
    #expect(found.map(\.verdict) == ["redirect", "accept"])
    #expect(found.map(\.bypass) == [nil, "excluded-port"])
    let table = try pod.tool("connections")
    #expect(table.status == 0 && table.output.contains("BYPASS: excluded port"))
  }

  @Test func newAndClosedConnectionsAreReported() throws {
    let pod = try PodSandbox.healthy()
    let following = try pod.startTool("connections --follow --format json --port 5701")
    try waitForEventListener(in: pod)
    try pod.command("bash -c 'echo datagram > /dev/udp/10.244.1.1/5701'")
    try pod.connect(to: "10.244.1.1", 5701, as: PodSandbox.app)
    try pod.connect(to: "10.244.1.1", 5702, as: PodSandbox.app)
    try following.waitForOutput(lines: 1)
    try pod.command("conntrack -D -p tcp")
    try following.waitForOutput(lines: 2)
    following.send(SIGTERM)
    let lines = try following.finish().output.split(separator: "\n")
    let events = try lines.map { try JSONDecoder().decode(ConnectionEvent.self, from: Data($0.utf8)) }
    #expect(events.map(\.event) == ["new", "closed"])
    #expect(events.allSatisfy { $0.connection.originalDestination == "10.244.1.1:5701" })
    #expect(events.allSatisfy { $0.connection.verdict == "redirect" })
  }

  /// Waits, at most ten seconds, until a socket of nfnetlink (protocol 12) in the pod is in a group.
  private func waitForEventListener(in pod: PodSandbox) throws {
    for _ in 0..<100 {
      let sockets = try pod.command("cat /proc/net/netlink").split(separator: "\n").map {
        $0.split(separator: " ")
      }
      if sockets.contains(where: { $0.count > 3 && $0[1] == "12" && $0[3] != "00000000" }) { return }
      usleep(100_000)
    }
  }

  @Test(arguments: ["--to 10.0.0.0/33", "--port 0", "--uid x", "--verdict maybe", "--format text", "extra"])
  func wrongOptionsAreRefused(_ options: String) throws {
    #expect(try PodSandbox().tool("connections \(options)").status == 64)
  }
}
