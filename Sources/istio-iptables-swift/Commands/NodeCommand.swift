import Intercept
import NodeInstallation
import RuleCommands
import TextOutput

/// Installs the chained CNI plugin on a node.
struct NodeCommand: Command {
  static let name = Subcommand.node
  static var help: CommandHelp {
    CommandHelp(
      abstract: "Install the CNI plugin istio-cni-swift on this node, remove it, or report its state.",
      usage: "install|uninstall|status [<options>]",
      discussion: """
        install copies the plugin's binary, then adds its entry to the network configuration that the container \
        runtime uses. uninstall removes the entry first; the binary stays as long as a pod needs it to be stopped. \
        Files are replaced as a whole, and everything else in them stays.

          istio-iptables-swift node install --exclude-namespaces kube-system,x
          istio-iptables-swift node status --format json
          istio-iptables-swift node uninstall

        Status 0: done, or installed; 1: status finds that new pods get no rules, or a file cannot be changed.
        """,
      operands: [OperandHelp(value: .oneOf("install", "uninstall", "status"), summary: "The action.")])
  }

  private enum Action: String {
    case install, uninstall, status
  }

  private let action: Action
  private let settings: NodeSettings
  private let binary: String
  private let format: DiffCommand.Format

  init(reading reader: inout OptionReader, _ operands: Operands) {
    let action = operands.words.count == 1 ? operands.first.flatMap(Action.init) : nil
    if action == nil { reader.complain(OptionProblem("give one action: node install, uninstall or status")) }
    self.action = action ?? .status
    settings = NodeSettings(reading: &reader)
    binary = reader.path(.pluginBinary) ?? ProcessImage.sibling(NodeSettings.pluginType)
    format = reader.choice(.format, default: .text)
  }

  func run() throws {
    let installation = NodeInstallation(settings)
    do throws(NodeError) {
      switch action {
      case .install: report(try installation.install(from: binary), otherwise: "already installed")
      case .uninstall: report(try installation.uninstall(), otherwise: "not installed")
      case .status: break
      }
    } catch {
      throw CommandError(error.description)
    }
    if action == .status { try show(installation.status()) }
  }

  private func report(_ report: NodeInstallation.Report, otherwise: String) {
    report.warnings.forEach(Console.warn)
    Console.note(
      report.changes.isEmpty ? "nothing to do: \(otherwise)" : report.changes.joined(separator: ", "))
  }

  private func show(_ status: NodeStatus) throws {
    switch format {
    case .text: try Console.print(status.text(settings))
    case .json: try Console.print(JSONWriter.text(NodeStatusJSON(status)))
    }
    if !status.isInstalled { throw ExitStatus(1) }
  }
}

extension NodeSettings {
  /// Reads the options; mistakes stay in the reader.
  fileprivate init(reading reader: inout OptionReader) {
    self.init()
    binaryFolder = reader.path(.binaryFolder) ?? binaryFolder
    configurationFolder = reader.path(.configurationFolder) ?? configurationFolder
    configurationName = reader.fileName(.configurationName)
    isChained = !reader.toggle(.notChained)
    cacheFolder = reader.path(.cacheFolder) ?? cacheFolder
    runFolder = reader.path(.runFolder) ?? runFolder
    excludedNamespaces = reader.namespaces(.excludedNamespaces) ?? excludedNamespaces
    agentNamespace = reader.namespace(.agentNamespace) ?? agentNamespace
    let levels = ["debug", "info", "warn", "error", "none"].map { ($0, $0) }
    logLevel = reader.choice(.pluginLogLevel, levels) ?? logLevel
    usesNativeRules = reader.toggle(.nativeNftables)
    proxyDefaults = Self.proxyDefaults(&reader)
  }

  /// Reads variables with their values; of several values the last one counts.
  private static func proxyDefaults(_ reader: inout OptionReader) -> [String: String] {
    let wanted = "give NAME=VALUE, such as ISTIO_META_DNS_CAPTURE=true"
    let defaults = reader.values(.proxyDefault, wanted: wanted) { text -> (String, String)? in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let isPlain = text == text.onOneLine && parts.first?.contains { $0.isWhitespace } == false
      return isPlain && parts.count == 2 && !parts[0].isEmpty ? (parts[0], parts[1]) : nil
    }
    return Dictionary(defaults) { $1 }
  }
}

extension NodeStatus {
  /// The state in a few lines.
  fileprivate func text(_ settings: NodeSettings) -> String {
    let place = configuration ?? "no valid configuration in \(settings.configurationFolder)"
    return """
      \(isInstalled ? "installed: new pods get rules" : "not installed: new pods get no rules")
      binary: \(settings.binaryPath), \(hasBinary ? "there" : "missing")
      entry: \(place), \(hasEntry ? "there" : "missing")\(hasIstioEntry ? ", with one of istio-cni" : "")
      pods that need the binary to be stopped: \(pods)

      """
  }
}
