import Foundation
import KernelTestSupport
import TestSupport
import Testing

/// Rules in files of any form, and the first line of the answers.
struct RuleSourceTests {
  private func file(_ text: String) throws -> String {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data(text.utf8).write(to: url)
    return url.path
  }

  private func save(_ options: String...) throws -> String {
    try Tool.run(["print", "--profile", "sidecar", "-u", "1337", "--ip-family", "ipv4"] + options).output
  }

  @Test func twoFilesAreCompared() throws {
    let before = try file(save())
    let after = try file(save("-o", "25"))
    #expect(try Tool.run(["diff", before, before]).status == 0)
    let outcome = try Tool.run(["diff", before, after])
    #expect(
      outcome.status == 1 && outcome.output.hasPrefix("rules: \(after), IPv4, iptables-save\n"), "\(outcome)")
    #expect(try Tool.run(["diff", before, "/no/such/file"]).status == 2)
    #expect(try Tool.run(["diff", "-b", "*", before, after]).status == 64)
    #expect(try Tool.run(["diff", "-", "-"]).status == 64)
  }

  @Test func twoTextsWithoutACommonChainAreNotCompared() throws {
    let inbound = try file("-N ISTIO_INBOUND\n-A ISTIO_INBOUND -p tcp -j RETURN\n")
    let outbound = try file("-N ISTIO_OUTPUT\n-A ISTIO_OUTPUT -p tcp -j RETURN\n")
    let outcome = try Tool.run(["diff", inbound, outbound])
    #expect(outcome.status == 2 && outcome.errors.contains("nothing could be compared"), "\(outcome)")
  }

  /// A chain of iptables in the JSON of nft 1.0.6, which leaves out the port of REDIRECT.
  private static let listing = """
    {"nftables": [
      {"table": {"family": "ip", "name": "nat"}},
      {"chain": {"family": "ip", "table": "nat", "name": "ISTIO_REDIRECT"}},
      {"rule": {"family": "ip", "table": "nat", "chain": "ISTIO_REDIRECT", "expr": [
        {"match": {"op": "==", "left": {"meta": {"key": "l4proto"}}, "right": "tcp"}},
        {"counter": {"packets": 0, "bytes": 0}}, {"xt": {"type": "target", "name": "REDIRECT"}}]}}]}
    """

  @Test func argumentsThatNftLeavesOutAreAHint() throws {
    let listing = try file(Self.listing)
    let saved = try ["15001", "15009"].map { port in
      try file(
        "*nat\n:ISTIO_REDIRECT - [0:0]\n-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports \(port)\nCOMMIT\n")
    }
    for pair in [[saved[0], listing], [listing, saved[1]], [listing, listing]] {
      let outcome = try Tool.run(["diff"] + pair)
      #expect(outcome.status == 0 && outcome.output.contains("hint: "), "\(outcome)")
    }
    #expect(try !Tool.run(["diff", saved[0], saved[0]]).output.contains("hint: "))
    #expect(try Tool.run(["diff"] + saved).status == 1)
  }

  @Test func aSingleChainIsJudgedAlone() throws {
    let chain = try save().split(separator: "\n").filter { $0.hasPrefix("-A ISTIO_OUTPUT ") }
    let dump = try file("-N ISTIO_OUTPUT\n" + chain.joined(separator: "\n") + "\n")
    let trace = try Tool.run(["trace", "--ruleset", dump, "--quiet", "outbound", "--to", "10.0.0.1:80"])
    #expect(trace.output == "unknown\n", "\(trace)")
    let diff = try Tool.run(["diff", "--profile", "sidecar", "-u", "1337", dump])
    #expect(diff.status == 0 && diff.output.contains("\nincomplete: "), "\(diff)")
    let guess = try Tool.run(["guess", dump])
    #expect(guess.status == 0 && guess.output.hasPrefix("incomplete: "), "\(guess)")
    let other = try file("-N KUBE_A\n-A KUBE_A -j DROP\n")
    #expect(try Tool.run(["diff", "--profile", "sidecar", other]).status == 2)
  }

  @Test func withoutOptionsAGuessIsCompared() throws {
    let outcome = try Tool.run(["diff", file(save("-o", "25"))])
    #expect(outcome.status == 0 && outcome.output.contains("guess"), "\(outcome)")
  }

  @Test func anotherReleaseIsAHint() throws {
    let dump = try file(save("--istio-release", "1.16"))
    let outcome = try Tool.run(["diff", "--profile", "sidecar", "-u", "1337", dump])
    #expect(outcome.status == 1 && outcome.output.contains("hint: with --istio-release 1.17 nothing differs"))
  }

  @Test func theTableIsInferredOrGiven() throws {
    let rules = try save().split(separator: "\n").filter { $0.hasPrefix("-A") }.joined(separator: "\n")
    let dump = try file(rules)
    for table in [[], ["--table", "nat"]] {
      let outcome = try Tool.run(["diff", "--profile", "sidecar", "-u", "1337"] + table + [dump])
      #expect(outcome.status == 0, "\(outcome)")
    }
    #expect(try Tool.run(["diff", "--profile", "sidecar", "-u", "1337", "--table", "raw", dump]).status == 2)
    #expect(try Tool.run(["diff", "--table", "nut", dump]).status == 64)
    let trace = try Tool.run(["trace", "--ruleset", dump, "outbound", "--to", "10.0.0.1:80", "--uid", "1000"])
    #expect(trace.output.hasPrefix("rules: \(dump), IPv4, iptables -S, table nat\n"), "\(trace)")
  }

  @Test(.enabled(if: canUseKernel)) func theOtherFormIsAHint() throws {
    let script = #"""
      "$0" apply --profile sidecar -u 1337 --ip-family ipv4 --native-nftables 2>/dev/null
      "$0" diff --profile sidecar -u 1337 --ip-family ipv4
      """#
    let outcome = try Program.run(["unshare", "-n", "sh", "-c", script, Tool.path], separatingErrors: true)
    #expect(
      outcome.status == 0 && outcome.output.contains("hint: the rules are right, in the native form"),
      "\(outcome)")
    #expect(outcome.output.hasPrefix("rules: the kernel's, native form\n"))
  }
}
