import Foundation
import KernelTestSupport
import TestSupport
import Testing

/// `--force-iptables-binary legacy`: rules by iptables-legacy's own programs.
@Suite(.enabled(if: hasLegacyTables, "the kernel has no tables of iptables-legacy"))
struct LegacyTests {
  static func apply(_ options: String = "") -> [String] {
    Tool.apply("--force-iptables-binary legacy " + options)
  }

  static let clean = Tool.clean + ["--force-iptables-binary", "legacy"]

  @Test(arguments: [
    "", "-m TPROXY --drop-invalid", "--redirect-dns --capture-all-dns", "--istio-release 1.16",
  ])
  func rulesComeAndGo(_ options: String) throws {
    try withNamespace {
      let before = try KernelState.read()
      let outcome = try Program.run(Self.apply(options + " --run-validation --probe-timeout 10s"))
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.output.hasPrefix("done: "), "\(outcome)")
      #expect(try KernelState.read().rules == before.rules, "nf_tables has none of it")
      try Program.run(Self.apply(options)).expect(0, "nothing to do")
      try Program.run(Tool.clean + ["--force-iptables-binary=legacy"]).expect(0, "removed ")
      try Program.run(Self.clean).expect(0, "nothing to do")
      #expect(try KernelState.read() == before)
      #expect(try Self.save().isEmpty)
    }
  }

  @Test func differingRulesAreAnErrorUnlessReconciled() throws {
    try withNamespace {
      try Program.require(Self.apply())
      try Program.require(
        "iptables-legacy", "-t", "nat", "-A", "POSTROUTING", "-p", "tcp", "--dport", "9", "-j", "ACCEPT")
      let before = try Self.save()
      try Program.run(Self.apply("-d 15020")).expect(1, "+ -p tcp -m tcp --dport 15090 -j RETURN")
      #expect(try Self.save() == before)
      try Program.run(Self.apply("-d 15020 --reconcile")).expect(0, "done")
      let after = try Self.save()
      #expect(!after.contains { $0.contains("15090") })
      #expect(after.contains("-A POSTROUTING -p tcp -m tcp --dport 9 -j ACCEPT"))
      try Program.run([Tool.path, "diff"] + Self.apply("-d 15020").dropFirst()).expect(0, "nothing differs")
    }
  }

  @Test(arguments: ["", "--reconcile -d 15020"])
  func ifIPv6FailsIPv4IsTakenBack(_ options: String) throws {
    try withNamespace {
      if !options.isEmpty { try Program.require(Self.apply()) }
      let (before, routing) = (try Self.save(), try KernelState.read())
      let programs = try Programs(replacing: "ip6tables-legacy-restore", by: "echo no memory >&2; exit 4")
      defer { programs.remove() }
      let outcome = try Program.run(programs.environment + Self.apply(options))
      outcome.expect(1, "no memory", "ip6tables-legacy-restore ended with status 4; nothing has changed")
      #expect(try Self.save() == before)
      #expect(try KernelState.read() == routing)
    }
  }

  @Test func aProgramThatIsNotThereIsNamed() throws {
    try withNamespace {
      let nowhere = ["env", "PATH=/no/such/directory"]
      try Program.run(nowhere + Self.apply()).expect(
        1, "cannot run iptables-legacy-restore: there is no such")
    }
  }

  /// The rules and user-defined chains that the programs list, without counters. Tables stay when they are empty.
  static func save() throws -> [String] {
    let text = try Program.require("iptables-legacy-save") + Program.require("ip6tables-legacy-save")
    return text.split(separator: "\n").filter {
      $0.hasPrefix("-A") || $0.hasPrefix(":") && $0.contains(" - ")
    }
    .map { String($0.replacing(/\[\d+:\d+\]/, with: "")) }
  }
}

/// iptables-legacy's programs in a directory, one of them another one.
private struct Programs {
  private let directory: URL

  init(replacing name: String, by script: String) throws {
    directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let file = directory.appending(path: name)
    // Another process writes it: what a thread of the tests starts meanwhile would inherit the open file, and a file that
    // is open for writing cannot be run (ETXTBSY).
    try run("install", "-m", "755", "/dev/stdin", file.path, input: "#!/bin/sh\n\(script)\n")
  }

  /// Finds these programs first.
  var environment: [String] { ["env", "PATH=\(directory.path):/usr/sbin:/sbin:/usr/bin:/bin"] }

  func remove() { try? FileManager.default.removeItem(at: directory) }
}

extension Outcome {
  func expect(_ status: Int32, _ words: String..., location: SourceLocation = #_sourceLocation) {
    #expect(self.status == status, "\(self)", sourceLocation: location)
    for text in words { #expect(output.contains(text), "\(self)", sourceLocation: location) }
  }
}
