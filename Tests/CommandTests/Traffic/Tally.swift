import Glibc
import Synchronization

/// Counts of the results of clients in several threads.
final class Tally: Sendable {
  private struct State {
    var rounds: [String: Int] = [:]
    var failures: [String] = []
    var isOver = false
  }

  private let state = Mutex(State())

  var failures: [String] { state.withLock { $0.failures } }
  var rounds: [String: Int] { state.withLock { $0.rounds } }
  var isOver: Bool { state.withLock { $0.isOver } }

  func end() { state.withLock { $0.isOver = true } }

  func count(_ client: String) { state.withLock { $0.rounds[client, default: 0] += 1 } }

  func fail(_ client: String, _ what: String) { state.withLock { $0.failures.append("\(client): \(what)") } }

  /// Waits until each client has begun and ended a round from now on, or something has failed.
  func waitForAll(_ clients: [String]) {
    let before = rounds
    for _ in 0..<60_000 {
      let now = rounds
      if clients.allSatisfy({ now[$0, default: 0] > before[$0, default: 0] + 1 }) || !failures.isEmpty {
        return
      }
      usleep(1000)
    }
    fail("all", "no answer for a minute: \(before), \(rounds)")
  }
}
