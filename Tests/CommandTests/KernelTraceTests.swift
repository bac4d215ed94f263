import Foundation
import Glibc
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// `trace --kernel`, with connections of its own and of others.
@Suite(.enabled(if: canUseKernel))
struct KernelTraceTests {
  private static func trace(_ options: String) -> [String] {
    [Tool.path, "trace", "--profile", "sidecar", "--ip-family", "dual"] + options.shellWords
  }

  private static func kernel(_ options: String) -> [String] { trace("--kernel --timeout 30s " + options) }

  private static func tables() throws -> [String] {
    var connection = try NFTablesConnection.open()
    return try connection.tables().map(\.name).filter { $0.hasPrefix("istio-iptables-trace") }
  }

  /// Waits until a watch is there; it must be soon.
  private static func waitForTable() throws {
    for _ in 0..<30_000 where try tables().isEmpty { usleep(1000) }
  }

  @Test(arguments: [
    "outbound --to 127.0.0.1:8080 --uid 1000", "outbound --to 127.0.0.1:8080 --uid 1337",
    "outbound --to 127.0.0.6:8080 --uid 1337", "outbound --to [::1]:8080 --uid 5 --gid 1337",
    "outbound --to 127.0.0.1:53 --uid 1000 --udp", "outbound --to 127.0.0.1:80 --from 127.0.0.6 --uid 7",
  ])
  func theKernelAndTheSimulationAgree(_ flow: String) throws {
    try withNamespace {
      try Program.require(Tool.apply(""))
      let real = try Program.run(Self.kernel("--connect \(flow)"))
      let simulated = try Program.require(Self.trace(flow))
      #expect(real.status == 0, "\(real)")
      #expect(real.output.hasSuffix("the same rules match in the simulation\n"), "\(real)")
      // The heading has the source, too; the lines from the first hook on are the same.
      func body(_ text: String) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false).drop { !$0.hasPrefix("OUTPUT: ") }
          .dropLast()
      }
      #expect(!body(simulated).isEmpty)
      #expect(body(real.output).dropLast() == body(simulated), "\(real)\n\(simulated)")
      #expect(try Self.tables().isEmpty)
    }
  }

  @Test func theNativeFormIsTracedInTheSameTerms() throws {
    try withNamespace {
      try Program.require(Tool.apply("--native-nftables -o 22,443,8000:8100"))
      let flow = "outbound --to 127.0.0.9:8050 --uid 1000"
      let real = try Program.run(Self.kernel("--connect \(flow)"))
      #expect(real.output.hasSuffix("the same rules match in the simulation\n"), "\(real)")
      #expect(real.output.contains("\n  nat ISTIO_OUTPUT\n"), "\(real)")
    }
  }

  @Test func itWaitsForConnectionsOfOtherPrograms() throws {
    try withNamespace {
      try Program.require(Tool.apply(""))
      let program = try Program(Self.kernel("--count 2 --quiet outbound --to 127.0.0.1:8080"))
      try Self.waitForTable()
      // The table is there a moment before the rules have been read, which is no matter.
      for _ in 0..<2 { _ = try? Connection.open(to: .ipv4([127, 0, 0, 1], 8080)) }
      let outcome = try program.finish()
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.output == "waiting for outbound TCP to 127.0.0.1:8080\naccept\naccept\n")
    }
  }

  @Test func jsonIsThatOfTheSimulation() throws {
    try withNamespace {
      try Program.require(Tool.apply(""))
      let flow = "--format json outbound --to 127.0.0.7:80 --uid 1337"
      let outcome = try Program.run(Self.kernel("--log_output_level none --connect \(flow)"))
      let real = try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
      let simulated = try JSONDecoder().decode(
        Answer.self, from: Data(Program.require(Self.trace(flow)).utf8))
      #expect(real == simulated)
      #expect(real.verdict == "redirect" && real.port == 15006)
    }
  }

  @Test func theStatusIsOneWithoutAConnection() throws {
    try withNamespace {
      let outcome = try Program.run(Self.trace("--kernel --timeout 50ms inbound --to 10.0.0.1:80 --udp"))
      #expect(outcome.status == 1)
      #expect(outcome.output.hasSuffix("error: no connection came within 50ms: inbound UDP to 10.0.0.1:80\n"))
    }
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGKILL])
  func howeverItEndsTheTableIsGone(_ signal: Int32) throws {
    try withNamespace {
      let program = try Program(Self.kernel("outbound --to 127.0.0.1:1"))
      try Self.waitForTable()
      program.send(signal)
      #expect(try program.finish().status == 128 + signal)
      #expect(try Self.tables().isEmpty)
    }
  }

  @Test func withoutPrivilegeTheErrorNamesWhatIsMissing() throws {
    try withNamespace {
      let bare = ["setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups", "--bounding-set=-all"]
      let outcome = try Program.run(bare + ["--inh-caps=-all"] + Self.kernel("outbound --to 127.0.0.1:1"))
      #expect(outcome.status == 1)
      #expect(outcome.output.contains("CAP_NET_ADMIN"), "\(outcome)")
      #expect(outcome.output.split(separator: "\n").count == 1)
    }
  }

  @Test(arguments: [
    ("--kernel --timeout 0s outbound --to 1.1.1.1:1", "--timeout: '0s': give a time"),
    ("--kernel --count 0 outbound --to 1.1.1.1:1", "--count: '0': give a number from 1"),
    ("--kernel --connect inbound --to 1.1.1.1:1", "--connect: only outbound connections"),
    ("--kernel --no-owner outbound --to 1.1.1.1:1", "--no-owner: the kernel cannot trace packets"),
    ("--kernel --state new outbound --to 1.1.1.1:1", "--state: with --kernel"),
    ("--kernel outbound --to 1.1.1.1", "--to: '1.1.1.1': give an address and a port"),
    ("--kernel --ruleset - outbound --to 1.1.1.1:1", "--kernel is about a connection"),
    ("--connect outbound --to 1.1.1.1:1", "--timeout, --count and --connect are for --kernel"),
  ])
  func mistakesAreReported(_ options: String, _ words: String) throws {
    let outcome = try Program.run(Self.trace(options))
    #expect(outcome.status == 64)
    #expect(outcome.output.hasPrefix("error: \(words)"), "\(outcome)")
  }

  private struct Answer: Decodable, Equatable {
    let verdict: String
    let port: Int?
    let originalDestination: String?
    let summary: String
    let steps: [Step]

    struct Step: Decodable, Equatable {
      let chain: String
      let index: Int
      let matched: Bool?
      let outcome: String
    }
  }
}
