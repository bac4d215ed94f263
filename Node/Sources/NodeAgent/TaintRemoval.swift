public import Logging
public import ServiceLifecycle

/// Removes the node's taint once new pods get their rules: until then the scheduler keeps pods of the mesh away.
///
/// It is done once. A node that starts again also starts its agent again.
public struct TaintRemoval: Service {
  private let health: Health
  private let interval: Duration
  private let isInstalled: @Sendable () -> Bool
  private let remove: @Sendable () async throws -> Bool
  private let log: Logger

  /// - Parameters:
  ///   - health: the state of the agent, which must be ready.
  ///   - interval: the time between two attempts.
  ///   - isInstalled: returns true if the plugin is installed.
  ///   - remove: removes the taint; returns false if the node has none.
  ///   - log: the log of the agent.
  public init(
    _ health: Health, every interval: Duration, isInstalled: @escaping @Sendable () -> Bool, _ log: Logger,
    remove: @escaping @Sendable () async throws -> Bool
  ) {
    self.health = health
    self.interval = interval
    self.isInstalled = isInstalled
    self.remove = remove
    self.log = log
  }

  public func run() async throws {
    await cancelWhenGracefulShutdown {
      while await !isDone() {
        guard (try? await Task.sleep(for: interval)) != nil else { return }
      }
    }
    // The end of a service ends the agent.
    try? await gracefulShutdown()
  }

  private func isDone() async -> Bool {
    guard await health.isReady, isInstalled() else { return false }
    do {
      if try await remove() { log.notice("taint removed") }
      return true
    } catch {
      log.error("the taint cannot be removed", metadata: ["error": "\("\(error)".onOneLine)"])
      return false
    }
  }
}
