/// The plugin on a node: its binary, and its entry in the network configuration.
public struct NodeInstallation: Sendable {
  public let settings: NodeSettings

  public init(_ settings: NodeSettings) {
    self.settings = settings
  }

  /// A change of the node, or the finding that none is needed.
  public struct Report: Hashable, Sendable {
    /// The changes, a clause each; empty if everything was as it should be.
    public internal(set) var changes: [String] = []
    /// States that are probably mistakes.
    public internal(set) var warnings: [String] = []
  }

  /// Installs the plugin: first the binary, then the entry, so that no entry ever names a missing binary.
  ///
  /// - Parameter source: the plugin's binary.
  public func install(from source: String) throws(NodeError) -> Report {
    var report = Report()
    try installBinary(from: source, &report)
    try ensureEntry(&report)
    return report
  }

  /// Puts the entry into the configuration that the runtime uses, if it is not there.
  public func ensureEntry() throws(NodeError) -> Report {
    var report = Report()
    try ensureEntry(&report)
    return report
  }

  /// Replaces the binary if it differs from the source.
  private func installBinary(from source: String, _ report: inout Report) throws(NodeError) {
    guard !NodeFiles.areEqual(source, settings.binaryPath) else { return }
    try NodeFiles.copyProgram(source, to: settings.binaryPath)
    report.changes.append("copied \(settings.binaryPath)")
  }

  private func ensureEntry(_ report: inout Report) throws(NodeError) {
    guard settings.isChained else { return try ensureOwnConfiguration(&report) }
    let file = try primary()
    report.warnings +=
      file.configuration.types.contains("istio-cni")
      ? ["\(file.path) has an entry of istio-cni as well; both would install rules, so uninstall istio-cni"]
      : []
    let wanted = file.configuration.adding(settings)
    guard wanted != file.configuration.text else { return }
    let path = file.configuration.isList ? file.path : file.pathOfList
    try NodeFiles.replace(path, with: wanted, like: file.path)
    if path != file.path { try NodeFiles.remove(file.path) }
    report.changes.append("added the entry to \(path)")
  }

  private func ensureOwnConfiguration(_ report: inout Report) throws(NodeError) {
    let path = "\(settings.configurationFolder)/\(settings.ownName)"
    let wanted = Array((settings.entry(version: "1.0.0", indentation: "") + "\n").utf8)
    guard NodeFiles.read(path) != wanted else { return }
    try NodeFiles.replace(path, with: wanted, like: NodeFiles.exists(path) ? path : nil)
    report.changes.append("wrote \(path)")
  }

  /// Uninstalls the plugin: first the entry, then the binary once no pod knows it. A missing binary keeps pods from
  /// being stopped, so it stays as long as a record of a pod names it; its DEL does nothing.
  public func uninstall() throws(NodeError) -> Report {
    var report = Report()
    for file in ConfigurationFile.all(in: settings.configurationFolder) {
      try removeEntry(from: file, &report)
      try NodeFiles.removeRemains(of: file.path)
    }
    try NodeFiles.removeRemains(of: settings.binaryPath)
    let pods = podsWithPlugin
    guard pods.isEmpty else {
      report.warnings.append(
        "\(settings.binaryPath) stays: \(pods.count) pods still need it to be stopped; uninstall again later")
      return report
    }
    if NodeFiles.exists(settings.binaryPath) {
      try NodeFiles.remove(settings.binaryPath)
      report.changes.append("removed \(settings.binaryPath)")
    }
    return report
  }

  private func removeEntry(from file: ConfigurationFile, _ report: inout Report) throws(NodeError) {
    if Set(file.configuration.types) == [NodeSettings.pluginType] {
      try NodeFiles.remove(file.path)
      report.changes.append("removed \(file.path)")
    } else if file.configuration.hasEntry {
      try NodeFiles.replace(file.path, with: file.configuration.removingEntry().text, like: file.path)
      report.changes.append("removed the entry from \(file.path)")
    }
  }

  /// The configuration that the runtime uses.
  private func primary() throws(NodeError) -> ConfigurationFile {
    let files = ConfigurationFile.all(in: settings.configurationFolder).filter {
      Set($0.configuration.types) != [NodeSettings.pluginType]
    }
    guard let name = settings.configurationName else {
      guard let first = files.first else {
        throw NodeError(
          "\(settings.configurationFolder) has no valid network configuration yet; install the cluster's network first"
        )
      }
      return first
    }
    guard let file = files.first(where: { $0.isNamed(name) }) else {
      throw NodeError("\(settings.configurationFolder)/\(name) is no valid network configuration")
    }
    return file
  }
}
