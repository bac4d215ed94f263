import ContainerRuntime
public import Logging
public import ServiceLifecycle

/// Compares the rules of all pods with their own in regular intervals.
public struct Auditor: Service {
  private let keeper: PodKeeper
  private let interval: Duration
  private let log: Logger

  public init(_ keeper: PodKeeper, every interval: Duration, _ log: Logger) {
    self.keeper = keeper
    self.interval = interval
    self.log = log
  }

  public func run() async throws {
    await cancelWhenGracefulShutdown {
      while (try? await Task.sleep(for: interval)) != nil { await audit() }
    }
  }

  /// Audits all pods that get rules, two at a time.
  func audit() async {
    let start = ContinuousClock.now
    let pods = await keeper.table.redirected
    await withTaskGroup(of: Void.self) { group in
      for (index, entry) in pods.enumerated() {
        if index >= Self.width { await group.next() }
        group.addTask { await audit(entry) }
      }
    }
    let time = ContinuousClock.now - start
    keeper.metrics.audited(in: time)
    let counts = await keeper.table.counts
    keeper.metrics.set(counts)
    let states = counts.byState.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(
      separator: ", ")
    log.info(
      "audit",
      metadata: [
        "pods": "\(pods.count)", "milliseconds": "\(time.nanoseconds / 1_000_000)", "states": "\(states)",
      ])
  }

  /// The number of pods that are read at the same time.
  private static let width = 2

  private func audit(_ entry: PodTable.Entry) async {
    guard let rules = entry.rules, case .pod(let network)? = entry.network else { return }
    await keeper.inspect(entry, rules, network)
  }
}
