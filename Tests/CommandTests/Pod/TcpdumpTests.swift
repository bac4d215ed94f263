import Foundation
import Glibc
import KernelTestSupport
import TestSupport
import Testing

/// `tcpdump`, from what a namespace has, and with filters that tcpdump takes.
struct TcpdumpTests {
  private static func commands(_ options: String) -> [String] {
    [Tool.path, "tcpdump", "-u", "1337"] + options.shellWords
  }

  private static func captures(_ options: String) throws -> [Capture] {
    let text = try Program.require(commands(options + " --format json"))
    return try JSONDecoder().decode(Captures.self, from: Data(text.utf8)).captures
  }

  @Test(arguments: [
    "--ip-family ipv4 --address 10.244.1.7",
    "--ip-family dual --address 10.244.1.7 --address fd00::7 --port 80 --port 443",
    "--ip-family dual --address fd00::7 -p 16001 --redirect-dns --capture-all-dns",
    "--ip-family ipv4 --address 10.1.1.1 --address 10.1.1.2 -m TPROXY --redirect-dns --dns-servers 10.9.9.9",
  ])
  func tcpdumpTakesEveryFilter(_ options: String) throws {
    let captures = try Self.captures(options)
    #expect(captures.count == (options.contains("dns") ? 5 : 4))
    for capture in captures {
      #expect(capture.command.last == capture.filter)
      let program = try Program.require(["tcpdump", "-y", "EN10MB", "-d", capture.filter])
      #expect(program.contains("ret"), "\(capture.filter)")
    }
  }

  @Test(arguments: [
    ("--address 203.0.113.9 --pod-cidr 192.168.0.0/12", "net 192.160.0.0/12"),
    ("--address 10.244.1.7 --pod-cidr 10.244.0.0/16 --pod-cidr fd00::/16", "dst net 10.244.0.0/16"),
    ("--address fd00::7 --pod-cidr fd00:1::7/16", "src net fd00::/16"),
  ])
  func aGatewayHasCapturesOfBothSides(_ options: String, _ net: String) throws {
    let run = try Program.run(Self.commands("--gateway --format json " + options), separatingErrors: true)
    #expect(run.errors.contains("--pod-cidr") == !options.contains("10.244"))
    let captures = try JSONDecoder().decode(Captures.self, from: Data(run.output.utf8)).captures
    #expect(captures.count == 2 && captures[0].filter.contains(net) && captures[1].filter.contains("not "))
    for capture in captures {
      #expect(try Program.require(["tcpdump", "-y", "EN10MB", "-d", capture.filter]).contains("ret"))
    }
  }

  @Test(arguments: ["--gateway", "--pod-cidr 10.0.0.0/8", "--gateway --pod-cidr 10.0.0.0"])
  func aGatewayNeedsItsPodsAddresses(_ options: String) throws {
    #expect(try Program.run(Self.commands(options)).status == 64)
  }

  @Test(.enabled(if: canUseKernel))
  func addressesAndPortsAreTheNamespaces() throws {
    try withNamespace {
      let empty = try Program.run(Self.commands("--ip-family ipv4"))
      #expect(empty.status == 1)
      #expect(empty.output.contains("the namespace has no address besides those of loopback; give one"))
      try Program.require("ip", "link", "add", "net7", "type", "veth", "peer", "net8")
      try Program.require("ip", "address", "add", "10.244.1.7/24", "dev", "net7")
      try Program.require("sysctl", "-qw", "net.ipv4.ip_local_port_range=20000 65535")
      let sockets = try PodSockets.sidecar()
      try sockets.listen(9080, of: 1000)
      let captures = try Self.captures("--ip-family ipv4")
      #expect(captures.map(\.interface) == ["net7", "lo", "lo", "net7"])
      #expect(
        captures[0].filter == "((dst port 9080 and dst 10.244.1.7) or (src port 9080 and src 10.244.1.7))")
      #expect(captures[2].filter.contains("dst portrange 20000-65535 and dst 10.244.1.7"))
      #expect(
        try Program.run(Self.commands("--ip-family ipv4 --interface eth7")).output.contains(
          "interface eth7 has no address"))
    }
  }

  @Test func theCommandsEnterTheNamespace() throws {
    let options = "--ip-family ipv4 --address 10.244.1.7 --pid \(getpid())"
    #expect(
      try Self.captures(options)[0].command.prefix(5) == ["nsenter", "-t", "\(getpid())", "-n", "tcpdump"])
  }

  @Test func mistakesAreReportedTogether() throws {
    let outcome = try Program.run(Self.commands("--address 10.1 --port 0 --port x --interface 'eth 0'"))
    #expect(outcome.status == 64)
    #expect(
      outcome.output == """
        error: --port: '0': give a port 1-65535
        error: --port: 'x': give a port 1-65535
        error: --address: '10.1': give an address, like 10.244.1.7
        error: --interface: 'eth 0': give a name like eth0

        """)
  }

  private struct Captures: Decodable {
    let captures: [Capture]
  }

  private struct Capture: Decodable {
    let interface: String
    let filter: String
    let command: [String]
  }
}
