import CNetfilter
import Foundation
import Glibc
import KernelTestSupport
import TestSupport
import Testing

/// `pcap join` on what tcpdump records under the tool's own rules; tshark is the witness.
@Suite(.enabled(if: canUseKernel))
struct CaptureJoinTests {
  private struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let service: Endpoint
    let listener: UInt16
    let ends: [String]
  }

  private static let cases = [
    Case(
      testDescription: "outbound", service: .ipv4([203, 0, 113, 80], 80), listener: 15001,
      ends: ["10.244.1.7:", "203.0.113.80:80"]),
    Case(
      testDescription: "outbound, IPv6",
      service: .ipv6([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80], 443), listener: 15001,
      ends: ["[fd00:1::7]:", "[2001:db8::80]:443"]),
    Case(
      testDescription: "inbound, of the proxy itself", service: .ipv4([10, 244, 1, 7], 8080),
      listener: 15006, ends: ["10.244.1.7:", "10.244.1.7:8080"]),
  ]

  @Test(arguments: cases)
  private func tsharkFollowsTheJoinedConnection(_ sample: Case) throws {
    try withRecording { record in
      let capture = try record { try Self.talk(to: sample.service, on: sample.listener) }
      let joined = capture + ".joined"
      let outcome = try Program.run([Tool.path, "pcap", "join", capture, joined], separatingErrors: true)
      #expect(outcome.status == 0 && outcome.errors.contains("1 connection joined"), "\(outcome)")
      let stream = try Self.tshark(joined, "-q", "-z", "follow,tcp,ascii,0")
      #expect(stream.contains("request to") && stream.contains("answer of"), "\(stream)")
      #expect(sample.ends.allSatisfy(stream.contains), "\(stream)")
      let wrong = "tcp.checksum.status == 0 or ip.checksum.status == 0"
      let checks = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
      #expect(try Self.tshark([joined, "-Y", wrong] + checks) == "")
      let comments = try Self.tshark(joined, "-T", "fields", "-e", "frame.comment")
      #expect(comments.contains("app side") && comments.contains("proxy side"))
    }
  }

  @Test func otherConnectionsStayAsTheyAreAndPipesGiveTheSame() throws {
    try withRecording { record in
      let capture = try record { try Self.talk(to: .ipv4([127, 0, 0, 1], 8888), on: 8888) }
      let joined = capture + ".joined"
      let script = #""$0" pcap join - - < "$1" > "$2" 2>/dev/null"#
      try Program.require("sh", "-c", script, Tool.path, capture, joined)
      let packets = try Self.tshark(capture, "-x")
      let same = try Self.tshark(joined, "-x")
      #expect(packets.contains("0010") && packets == same)
    }
  }

  @Test func damagedCapturesAreErrors() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { unlink(file) }
    let text = try Program.run([Tool.path, "pcap", "join", Repository.path("README.md"), file])
    #expect(text.status == 1 && text.output.contains("pcap"))
    let missing = try Program.run([Tool.path, "pcap", "join", file + ".missing", file])
    #expect(missing.status == 1)
    let same = try Program.run([Tool.path, "pcap", "join", file, file])
    #expect(same.status == 64)
  }

  /// Runs a body in a pod with rules, with a function that records what another one sends over lo.
  private func withRecording(_ body: ((() throws -> Void) throws -> String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try withNamespace {
      try Program.require("ip", "link", "add", "eth0", "type", "veth", "peer", "eth1")
      for link in ["eth0", "eth1"] { try Program.require("ip", "link", "set", link, "up") }
      try Program.require("ip", "address", "add", "10.244.1.7/24", "dev", "eth0")
      try Program.require("ip", "address", "add", "fd00:1::7/64", "dev", "eth0", "nodad")
      try Program.require("ip", "route", "add", "default", "via", "10.244.1.1")
      try Program.require("ip", "-6", "route", "add", "default", "dev", "eth0")
      try Program.require(Tool.apply(""))
      try body { try Self.record(folder.appending(path: "lo.pcap"), $0) }
    }
  }

  /// Records lo until the last answer is in the file.
  private static func record(_ file: URL, _ talk: () throws -> Void) throws -> String {
    let tcpdump = try Program([
      "tcpdump", "-i", "lo", "--immediate-mode", "-Z", "root", "-U", "-w", file.path,
    ])
    try wait(for: file) { $0.count >= 24 }
    try talk()
    try wait(for: file) { $0.range(of: Data("answer of".utf8)) != nil }
    tcpdump.send(SIGINT)
    _ = try tcpdump.finish()
    return file.path
  }

  private static func wait(for file: URL, _ condition: (Data) -> Bool) throws {
    for _ in 0..<3000 {
      if let data = try? Data(contentsOf: file), condition(data) { return }
      usleep(10_000)
    }
    Issue.record("the capture is not complete")
  }

  /// Sends a request to a service and an answer from a listener, in one thread.
  private static func talk(to service: Endpoint, on port: UInt16) throws {
    let listener = try Connection.listener(at: .any(service.family, port)).release()
    defer { close(listener) }
    // The proxy's own connections to its pod are redirected to the inbound listener.
    if port == 15006 { setfsuid(1337) }
    defer { setfsuid(0) }
    let client = try Connection.open(to: service)
    try client.send(Array("request to".utf8))
    let server = accept(listener, nil, nil)
    defer { close(server) }
    var request = [UInt8](repeating: 0, count: 10)
    #expect(recv(server, &request, request.count, Int32(MSG_WAITALL)) == request.count)
    #expect(send(server, "answer of", 9, Int32(MSG_NOSIGNAL)) == 9)
    #expect(try client.receive(9) == Array("answer of".utf8))
  }

  private static func tshark(_ words: String...) throws -> String { try tshark(words) }

  private static func tshark(_ words: [String]) throws -> String {
    let outcome = try Program.run(["tshark", "-n", "-r"] + words, separatingErrors: true)
    #expect(outcome.status == 0, "\(outcome)")
    return outcome.output
  }
}
