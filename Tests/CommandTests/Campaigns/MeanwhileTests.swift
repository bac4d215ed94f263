import Foundation
import Glibc
import KernelTestSupport
import TestSupport
import Testing

/// Changes by other programs at the worst moments: after the rules were read and before they are written, and
/// between the writing and the reading back.
@Suite(.enabled(if: canUseKernel))
struct MeanwhileTests {
  private static let forms = ["", "--native-nftables"]

  @Test(arguments: forms)
  func aPlanForRulesThatAreNoLongerThoseIsMadeAgain(_ form: String) throws {
    try withNamespace {
      let run = Tool.reconcile(form)
      // The last message before the batch asks for the generation number once more.
      let batch = try Self.batch(of: run)
      let outcome = try Self.stopped(atMessage: batch - 1, run) {
        try Program.require("iptables-nft -t nat -A OUTPUT -p tcp --dport 9 -j ACCEPT".shellWords)
      }
      #expect(outcome.status == 0 && outcome.output.contains("done: "), "\(outcome)")
      #expect(try Self.hasForeignRule())
      #expect(try Program.require(run).contains("nothing to do"))
      try Program.require(Tool.clean)
      #expect(try Self.hasForeignRule())
    }
  }

  @Test(arguments: [
    ("", "flush chain ip6 nat ISTIO_REDIRECT", "-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001"),
    (
      "--native-nftables", "flush chain inet istio-proxy-nat istio-redirect",
      "istio-redirect meta l4proto tcp counter redirect to :15001"
    ),
  ])
  func whatIsNotThereWhenItIsReadBackIsAnErrorThatNamesIt(
    _ form: String, _ damage: String, _ missing: String
  ) throws {
    try withNamespace {
      let run = Tool.apply(form)
      let outcome = try Self.stopped(atMessage: try Self.batch(of: run), run) {
        try Program.require(["nft"] + damage.shellWords)
      }
      #expect(outcome.status == 1, "\(outcome)")
      #expect(outcome.output.contains("another program changed them at once"), "\(outcome)")
      #expect(outcome.output.contains(missing), "\(outcome)")
      try Program.require(Tool.reconcile(form))
      #expect(try Program.require(run).contains("nothing to do"))
    }
  }

  private static func hasForeignRule() throws -> Bool {
    try Program.require("iptables-nft", "-t", "nat", "-S", "OUTPUT").contains("--dport 9 -j ACCEPT")
  }

  /// Which of the messages of a run, from 1 on, is the batch: the longest. The rules are gone again afterwards.
  private static func batch(of run: [String]) throws -> Int {
    let sent = try SystemCalls.made(by: run).filter { $0.name == "sendto" }.map { $0.result ?? 0 }
    try Program.require(Tool.clean)
    let longest = try #require(sent.indices.max { sent[$0] < sent[$1] })
    return longest + 1
  }

  /// Runs a body while a run is stopped: one of its messages is sent and answered, and the answer is not read.
  private static func stopped(
    atMessage number: Int, _ run: [String], _ body: () throws -> Void
  ) throws -> Outcome {
    let log = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: log) }
    let program = try Program(
      SystemCalls.tampered("sendto:signal=STOP:when=\(number)", in: run, log: log.path))
    try #require(waitForStop(in: log))
    try body()
    program.send(SIGCONT)
    return try program.finish()
  }

  private static func waitForStop(in log: URL) -> Bool {
    for _ in 0..<6000 {
      let text = try? String(contentsOf: log, encoding: .utf8)
      if text?.contains("--- stopped by SIGSTOP ---") == true { return true }
      usleep(10_000)
    }
    return false
  }
}
