public import Logging
public import NodeInstallation
public import ServiceLifecycle

/// Keeps the plugin installed while other programs rewrite the network configuration.
public struct PluginUpkeep: Service {
  private let settings: NodeSettings
  private let binary: String
  private let interval: Duration
  private let log: Logger

  /// - Parameters:
  ///   - settings: the places of the plugin.
  ///   - binary: the plugin's binary in the agent's image.
  ///   - interval: the time between two checks.
  public init(_ settings: NodeSettings, binary: String, every interval: Duration, _ log: Logger) {
    self.settings = settings
    self.binary = binary
    self.interval = interval
    self.log = log
  }

  public func run() async throws {
    await cancelWhenGracefulShutdown {
      var upkeep = NodeUpkeep(settings, binary: binary)
      var problem: String?
      install()
      repeat {
        do throws(NodeError) {
          report(try upkeep.check())
          problem = nil
        } catch {
          if problem != error.description {
            log.error("upkeep", metadata: ["error": "\(error.description.onOneLine)"])
          }
          problem = error.description
        }
      } while (try? await Task.sleep(for: interval)) != nil
    }
  }

  /// Installs the plugin of this image in place of an older one.
  private func install() {
    do throws(NodeError) {
      report(try NodeInstallation(settings).install(from: binary))
    } catch {
      log.error("install", metadata: ["error": "\(error.description.onOneLine)"])
    }
  }

  private func report(_ report: NodeInstallation.Report) {
    for change in report.changes { log.notice("plugin", metadata: ["change": "\(change.onOneLine)"]) }
    for warning in report.warnings { log.warning("plugin", metadata: ["warning": "\(warning.onOneLine)"]) }
  }
}
