import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import NodeAgent

/// The taint goes once new pods get rules, and not before.
struct TaintRemovalTests {
  private struct Refusal: Error {}

  /// Runs the service until it has removed the taint, or attempts end.
  private func run(_ health: Health, isInstalled: Bool, _ remove: @escaping @Sendable () throws -> Bool) async
  {
    let service = TaintRemoval(
      health, every: .milliseconds(1), isInstalled: { isInstalled },
      Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) { try remove() }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await service.run() }
      try? await Task.sleep(for: .milliseconds(100))
      group.cancelAll()
    }
  }

  @Test func itWaitsUntilTheAgentIsReady() async {
    let calls = Mutex(0)
    let health = Health()
    await run(health, isInstalled: true) {
      calls.withLock { $0 += 1 }; return true
    }
    #expect(calls.withLock { $0 } == 0)
    await health.passed()
    await run(health, isInstalled: false) {
      calls.withLock { $0 += 1 }; return true
    }
    #expect(calls.withLock { $0 } == 0)
    await run(health, isInstalled: true) {
      calls.withLock { $0 += 1 }; return true
    }
    #expect(calls.withLock { $0 } == 1)
  }

  @Test func aFailureIsTriedAgain() async {
    let calls = Mutex(0)
    let health = Health()
    await health.passed()
    await run(health, isInstalled: true) {
      let count = calls.withLock { calls in
        calls += 1
        return calls
      }
      if count < 3 { throw Refusal() }
      return false
    }
    #expect(calls.withLock { $0 } == 3)
  }
}
