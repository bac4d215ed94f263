import Foundation
import KernelTestSupport
import TestSupport
import Testing

/// `trace --live`: the kernel's rules answer, in whichever form they are, as those answer that the options make.
@Suite(.enabled(if: canUseKernel))
struct LiveTraceTests {
  private static let flows = """
    {"direction": "outbound", "to": "203.0.113.1:80", "uid": 1000}
    {"direction": "outbound", "to": "203.0.113.1:80", "uid": 1337}
    {"direction": "outbound", "to": "203.0.113.1:80", "uid": 5, "gid": 1337}
    {"direction": "outbound", "to": "203.0.113.1:3306", "uid": 1000}
    {"direction": "outbound", "to": "[2001:db8::1]:80", "uid": 1000}
    {"direction": "outbound", "to": "127.0.0.1:80", "uid": 1000}
    {"direction": "outbound", "to": "127.0.0.7:80", "uid": 1337}
    {"direction": "outbound", "to": "10.96.0.10:53", "uid": 1000, "udp": true}
    {"direction": "outbound", "to": "10.96.0.10:53", "uid": 1337, "udp": true}
    {"direction": "outbound", "to": "10.96.0.11:53", "uid": 1000, "udp": true}
    {"direction": "inbound", "to": "10.244.0.7:8080"}
    {"direction": "inbound", "to": "10.244.0.7:15021"}
    {"direction": "inbound", "to": "[2001:db8::7]:8080"}
    {"direction": "inbound", "to": "[2001:db8::7]:9090"}
    {"direction": "inbound", "to": "10.244.0.7:53", "udp": true}

    """

  @Test(arguments: ["", "--native-nftables"], ["", "-m TPROXY"])
  func theKernelsRulesAnswerAsTheOptionsDo(_ form: String, _ mode: String) throws {
    let options = "\(mode) -o 3306 -d 15021,9090 --redirect-dns --dns-servers 10.96.0.10"
    let file = FileManager.default.temporaryDirectory.appending(path: "flows-\(UUID()).json").path
    try Self.flows.write(toFile: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: file) }
    try withNamespace {
      try Program.require(Tool.apply("\(options) \(form)"))
      let live = try Program.require(Tool.path, "trace", "--live", "--quiet", "--flows", file)
      let paper = try Program.require(Tool.trace(options) + ["--quiet", "--flows", file])
      #expect(live == paper)
      let verdicts = ["accept", "redirect"] + (mode.isEmpty ? [] : ["tproxy"])
      #expect(Set(paper.split(separator: "\n").map(String.init)) == Set(verdicts))
    }
  }
}
