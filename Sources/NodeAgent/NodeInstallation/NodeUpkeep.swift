/// Keeps the plugin installed while other programs rewrite the network configuration.
public struct NodeUpkeep: Sendable {
  private let installation: NodeInstallation
  private let source: String
  private var loop = RewriteLoop()

  /// - Parameters:
  ///   - settings: the places of the plugin.
  ///   - source: the plugin's binary.
  public init(_ settings: NodeSettings, binary source: String) {
    installation = NodeInstallation(settings)
    self.source = source
  }

  /// Restores what is missing. It costs the reading of a folder and of two files if nothing is.
  ///
  /// - Returns: the changes, and a warning once for each loop of rewrites.
  public mutating func check(at now: ContinuousClock.Instant = .now) throws(NodeError)
    -> NodeInstallation.Report
  {
    var report =
      NodeFiles.exists(installation.settings.binaryPath)
      ? try installation.ensureEntry() : try installation.install(from: source)
    if !report.changes.isEmpty, let path = installation.status().configuration,
      let warning = loop.added(to: path, at: now)
    {
      report.warnings.append(warning)
    }
    return report
  }
}
