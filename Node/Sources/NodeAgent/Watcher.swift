public import ContainerRuntime
public import Logging
public import ServiceLifecycle

/// Finds new pods: by polling the container runtime, and at once after each of its events.
public struct Watcher: Service {
  private let keeper: PodKeeper
  private let runtime: any ContainerRuntime
  private let health: Health
  private let interval: Duration
  private let log: Logger

  /// - Parameter interval: the time between two polls.
  public init(
    _ keeper: PodKeeper, _ runtime: any ContainerRuntime, _ health: Health, every interval: Duration,
    _ log: Logger
  ) {
    self.keeper = keeper
    self.runtime = runtime
    self.health = health
    self.interval = interval
    self.log = log
  }

  public func run() async throws {
    let (changes, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await tick(signal) }
      group.addTask { await subscribe(signal) }
      group.addTask {
        for await _ in changes.cancelOnGracefulShutdown() { await pass() }
      }
      await group.next()
      group.cancelAll()
    }
  }

  /// Signals a pass in regular intervals.
  private func tick(_ signal: AsyncStream<Void>.Continuation) async {
    while !Task.isCancelled {
      signal.yield()
      guard (try? await Task.sleep(for: interval)) != nil else { return }
    }
  }

  /// Signals a pass after each event, if the runtime sends them to every subscriber.
  private func subscribe(_ signal: AsyncStream<Void>.Continuation) async {
    while !Task.isCancelled {
      if let version = try? await runtime.version(), version.broadcastsEvents {
        try? await runtime.watch { signal.yield() }
      }
      guard (try? await Task.sleep(for: .seconds(10))) != nil else { return }
    }
  }

  private func pass() async {
    do throws(RuntimeError) {
      try await keeper.pass()
      await health.passed()
    } catch {
      keeper.metrics.runtimeFailed()
      if await health.failed(error.description) {
        log.error(
          "the container runtime does not answer", metadata: ["error": "\(error.description.onOneLine)"])
      }
    }
    keeper.metrics.set(ready: await health.isReady)
  }
}
