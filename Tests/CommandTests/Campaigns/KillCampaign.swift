import Glibc
import Testing

/// Runs that are killed: what they leave is the old set of rules or the new one, whole, with the routing that it needs;
/// and the next run gets to its end from there.
@Suite(.enabled(if: canUseKernel))
struct KillCampaign {
  @Test(arguments: Change.all)
  func killedAtEverySystemCall(_ change: Change) throws {
    try withNamespace {
      let (before, after) = try change.rehearse()
      for point in Self.points(try SystemCalls.made(by: change.run)) {
        try change.goBack(to: before)
        let outcome = try Self.killed(at: point, change.run)
        try change.expectEither(before, after, "killed at call \(point): \(outcome)")
      }
      try change.goBack(to: before)
    }
  }

  @Test(arguments: Change.all)
  func killedAtRandomTimes(_ change: Change) throws {
    try withNamespace {
      let (before, after) = try change.rehearse()
      let clock = ContinuousClock()
      let duration = try clock.measure { try Program.require(change.run) } / .microseconds(1)
      for _ in 0..<Soak.choose(5, soak: 200) {
        try change.goBack(to: before)
        let run = try Program(change.run)
        let delay = Double.random(in: 0...duration)
        usleep(UInt32(delay))
        run.kill()
        let outcome = try run.finish()
        try change.expectEither(before, after, "killed after \(delay) microseconds: \(outcome)")
      }
      try change.goBack(to: before)
    }
  }

  private static func killed(at point: Int, _ run: [String]) throws -> Outcome {
    try Program.run(SystemCalls.tampered("all:signal=KILL:when=\(point)", in: run))
  }

  /// Which calls to kill at. Usually not all: few of those that load the program, and one in five of the others.
  private static func points(_ calls: [SystemCalls.Call]) -> [Int] {
    let firstOfOurs = calls.firstIndex { $0.name == "socket" } ?? 0
    return calls.indices.filter { index in
      Soak.isOn || index % (index < firstOfOurs ? 60 : 5) == 0
    }.map { $0 + 1 }
  }
}

extension Change {
  /// Takes the namespace to the first state from wherever a run has left it; so the next run always converges.
  fileprivate func goBack(to before: KernelState) throws {
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
