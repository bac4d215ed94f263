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
      let built = try Program.require(Tool.trace(options) + ["--quiet", "--flows", file])
      #expect(live == built)
      let verdicts = ["accept", "redirect"] + (mode.isEmpty ? [] : ["tproxy"])
      #expect(Set(built.split(separator: "\n").map(String.init)) == Set(verdicts))
    }
  }

  @Test(arguments: [("", "ip nat"), ("--native-nftables", "inet istio-proxy-nat")])
  func rulesOfADormantTableHaveNoEffect(_ form: String, _ table: String) throws {
    try withNamespace {
      try Program.require(Tool.apply("--ip-family ipv4 \(form)"))
      try Program.require("sh", "-c", "nft add table \(table) '{ flags dormant; }'")
      for flow in ["outbound --to 10.9.0.6:80 --uid 1000", "inbound --to 10.9.0.5:8080"] {
        let answer = try Program.run([Tool.path, "trace", "--live", "--quiet"] + flow.shellWords)
        #expect(answer.output.hasSuffix("accept\n"), "\(answer)")
      }
      let diff = try Program.run([Tool.path, "diff", "--ip-family", "ipv4"] + form.shellWords)
      #expect(diff.status == 1 && diff.output.contains("is dormant"), "\(diff)")
    }
  }

  /// The interface is that of the destination's network, else the one with the namespace's first address.
  @Test(arguments: [
    ("outbound --to 10.9.0.6:80 --uid 1000", "accept"), ("outbound --to 203.0.113.1:80 --uid 1000", "accept"),
    ("outbound --to 10.8.0.6:80 --uid 1000", "redirect"), ("inbound --to 10.9.0.5:8080", "accept"),
    ("inbound --to 10.8.0.5:8080", "redirect"), ("outbound --to 10.9.0.6:80 --interface eth7", "redirect"),
  ])
  func interfacesHaveTheNamesOfTheNamespace(_ flow: String, _ verdict: String) throws {
    try withNamespace {
      for (link, address) in [("net1", "10.9.0.5/24"), ("net2", "10.8.0.5/24")] {
        try Program.require("ip", "link", "add", link, "type", "veth", "peer", "name", "\(link)-peer")
        try Program.require("ip", "address", "add", address, "dev", link)
        try Program.require("ip", "link", "set", link, "up")
      }
      try Program.require(Tool.apply("-c net1"))
      let answer = try Program.require([Tool.path, "trace", "--live", "--quiet"] + flow.shellWords)
      #expect(answer == "\(verdict)\n")
    }
  }
}
