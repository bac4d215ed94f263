import Glibc

/// How often something is tried that other programs keep from succeeding: for a while, and on a busy machine, where
/// little happens in a while, some times at least.
struct RetryLoop {
  private let end: ContinuousClock.Instant
  /// How many were made.
  private(set) var count = 0

  init(for time: Duration) {
    end = .now + time
  }

  /// Whether to try, for the first time or again. Before the next attempt others may finish: each time longer and
  /// not all in step, at most 20 ms.
  mutating func goOn() -> Bool {
    guard count < 20 || .now < end else { return false }
    if count > 0 { usleep(UInt32.random(in: 100...UInt32(min(count, 20) * 1000))) }
    count += 1
    return true
  }
}
