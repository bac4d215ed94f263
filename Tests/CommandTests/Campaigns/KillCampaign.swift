import Glibc
import KernelTestSupport
import TestSupport
import Testing

/// Runs that are killed: what they leave is the old set of rules or the new one, whole, with the routing that it needs;
/// and the next run gets to its end from there.
@Suite(.enabled(if: canUseKernel))
struct KillCampaign {
  @Test(arguments: Change.all)
  func killedAtEverySystemCall(_ change: Change) throws {
    try withNamespace {
      let (before, after) = try change.rehearse()
      let points = Self.points(try SystemCalls.made(by: change.run))
      for point in points {
        try change.goBack(to: before)
        let outcome = try Self.killed(at: point, change.run)
        try change.expectEither(before, after, "killed at \(point): \(outcome)")
      }
      try change.goBack(to: before)
      Soak.report(points.count, "kills", of: "\(change.testDescription), at system calls")
    }
  }

  @Test(arguments: Change.all)
  func killedAtRandomTimes(_ change: Change) throws {
    try withNamespace {
      let (before, after) = try change.rehearse()
      let clock = ContinuousClock()
      let duration = try clock.measure { try Program.require(change.run) } / .microseconds(1)
      let kills = Soak.choose(5, soak: 200)
      for _ in 0..<kills {
        try change.goBack(to: before)
        let run = try Program(change.run)
        let delay = Double.random(in: 0...duration)
        usleep(UInt32(delay))
        run.kill()
        let outcome = try run.finish()
        try change.expectEither(before, after, "killed after \(delay) microseconds: \(outcome)")
      }
      try change.goBack(to: before)
      Soak.report(kills, "kills", of: "\(change.testDescription), at random times")
    }
  }

  /// Routing that Istio's own program leaves is recognisable only while its rules exist.
  @Test(
    arguments: Soak.choose([Tool.clean], soak: [Tool.clean, Tool.reconcile("--native-nftables -m TPROXY")]))
  func killedWhileItReplacesIstiosOwn(_ run: [String]) throws {
    let own = try IstiosOwn()
    let (calls, after) = try withNamespace {
      try own.make()
      return (try SystemCalls.made(by: run), try KernelState.read())
    }
    // Here each costs a namespace of its own.
    let points = Soak.isOn ? Self.points(calls) : Soak.share(Self.points(calls), usual: 6)
    Soak.report(
      points.count, "kills", of: "\(run.dropFirst().joined(separator: " ")), replacing Istio's rules")
    for point in points {
      try withNamespace {
        try own.make()
        let before = try KernelState.read()
        let outcome = try Self.killed(at: point, run)
        let now = try KernelState.read()
        #expect(now.isBetween(before, after), "killed at \(point): \(outcome)\n\(now)")
        try Program.require(run)
        #expect(try KernelState.read() == after, "killed at \(point): the next run did not get there")
      }
    }
  }

  private static func killed(at point: String, _ run: [String]) throws -> Outcome {
    try Program.run(SystemCalls.tampered("\(point):signal=KILL", in: run))
  }

  /// The calls to kill at, in strace's words: all in a soak. Otherwise one in three of the messages to the kernel, since
  /// nothing changes between one and the next, and a few of the others.
  private static func points(_ calls: [SystemCalls.Call]) -> [String] {
    let places = SystemCalls.places(of: calls).filter { $0.name != "execve" }
    let messages = Soak.share(places.filter { $0.name == "sendto" }, usual: 3)
    let others = Soak.share(places.filter { $0.name != "sendto" }, usual: 60)
    return (messages + others).map(\.description)
  }
}

/// The rules and routing of Istio's own program with TPROXY, installed by the same programs, and with a mark
/// that no run could guess.
private struct IstiosOwn {
  private let texts: [(program: String, text: String)]

  init() throws {
    texts = try [("ipv4", "iptables"), ("ipv6", "ip6tables")].map { family, program in
      let options = "-m TPROXY -t 4711 -r 99 --format restore --family \(family)"
      return ("\(program)-nft-restore", try Program.require(Tool.print(options)))
    }
  }

  func make() throws {
    for (program, text) in texts {
      try Program.require("sh", "-c", "echo \"$0\" | \(program) --noflush", text)
    }
    let commands = "ip $0 rule add fwmark 4711 lookup 99; ip $0 route add local default dev lo table 99"
    for family in ["-4", "-6"] { try Program.require("sh", "-c", commands, family) }
    try Program.require("ip", "-6", "address", "add", "::6/128", "dev", "lo")
  }
}

extension Change {
  /// Takes the namespace to the first state from wherever a run has left it; so the next run always converges.
  func goBack(to before: KernelState) throws {
    if try KernelState.read() == before { return }
    try Program.require(back)
    let now = try KernelState.read()
    #expect(now == before, "\(testDescription): the next run did not get there")
  }

  fileprivate func expectEither(_ before: KernelState, _ after: KernelState, _ what: String) throws {
    let now = try KernelState.read()
    #expect(now.isBetween(before, after), "\(testDescription), \(what)")
  }
}
