public import Logging
public import NodeInstallation
public import ServiceLifecycle

/// Keeps the plugin installed while other programs rewrite the network configuration, or removes it.
public struct PluginUpkeep: Service {
  /// The wanted state of the plugin on the node.
  public enum Goal: Hashable, Sendable {
    /// Installed from this file of the agent's image.
    case installed(binary: String)
    /// Removed: first the entry, and the binary once no pod needs it to be stopped.
    case removed
  }

  private let settings: NodeSettings
  private let goal: Goal
  private let interval: Duration
  private let log: Logger

  /// - Parameters:
  ///   - settings: the places of the plugin.
  ///   - goal: the wanted state.
  ///   - interval: the time between two checks.
  ///   - log: the log of the agent.
  public init(_ settings: NodeSettings, _ goal: Goal, every interval: Duration, _ log: Logger) {
    self.settings = settings
    self.goal = goal
    self.interval = interval
    self.log = log
  }

  public func run() async throws {
    await cancelWhenGracefulShutdown {
      switch goal {
      case .installed(let binary): await keep(binary)
      case .removed: await remove()
      }
    }
  }

  /// Installs the plugin of this image in place of an older one, and restores what other programs remove.
  private func keep(_ binary: String) async {
    var steps = StepLog(log)
    var upkeep = NodeUpkeep(settings, binary: binary)
    steps.run { () throws(NodeError) in try NodeInstallation(settings).install(from: binary) }
    while (try? await Task.sleep(for: interval)) != nil {
      steps.run { () throws(NodeError) in try upkeep.check() }
    }
  }

  private func remove() async {
    var steps = StepLog(log)
    repeat {
      steps.run { () throws(NodeError) in try NodeInstallation(settings).uninstall() }
    } while (try? await Task.sleep(for: interval)) != nil
  }
}

/// The log of repeated steps: every change, and a problem once as long as it stays the same.
private struct StepLog {
  private let log: Logger
  private var problems: [String] = []

  init(_ log: Logger) {
    self.log = log
  }

  mutating func run(_ step: () throws(NodeError) -> NodeInstallation.Report) {
    do throws(NodeError) {
      let report = try step()
      for change in report.changes { log.notice("plugin", metadata: ["change": "\(change.onOneLine)"]) }
      note(report.warnings, .warning)
    } catch {
      note([error.description], .error)
    }
  }

  private mutating func note(_ found: [String], _ level: Logger.Level) {
    for problem in found where !problems.contains(problem) {
      log.log(level: level, "plugin", metadata: ["problem": "\(problem.onOneLine)"])
    }
    problems = found
  }
}
