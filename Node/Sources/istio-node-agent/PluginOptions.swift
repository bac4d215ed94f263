import ArgumentParser
import NodeAgent
import NodeInstallation
import PodDecisions

/// The options about the plugin: its places on the node, and the pods that it and the agent give rules to.
struct PluginOptions: ParsableArguments {
  @Option(help: "The plugin's binary in the image. Without it the agent does not install the plugin.")
  var pluginBinary: String?

  @Flag(
    help: "Remove the plugin from the node, in place of --plugin-binary: before the agent is uninstalled.")
  var uninstallPlugin = false

  @Option(help: "The folder of the runtime's plugins.")
  var cniBinDir = "/opt/cni/bin"

  @Option(help: "The folder of the runtime's network configurations.")
  var cniConfDir = "/etc/cni/net.d"

  @Option(help: "The configuration that gets the plugin's entry; without it the first valid one.")
  var cniConfName: String?

  @Option(help: "The folder of the runtime's records of pods and their networks.")
  var cniCacheDir = "/var/lib/cni/results"

  @Option(help: "The folder of the agent's socket in the plugin's entry.")
  var cniAgentRunDir = "/var/run/istio-cni"

  @Flag(help: "Install a configuration of its own, as Multus and OpenShift need it.")
  var standalone = false

  @Option(help: "Namespaces whose pods get no rules.")
  var excludeNamespaces = "kube-system"

  @Option(help: "The namespace of the agent's own pods.")
  var podNamespace = ""

  @Flag(help: "Install rules of nftables form.")
  var nativeNftables = false

  @Option(help: "A variable of proxies that is not known otherwise, as NAME=VALUE. Repeatable.")
  var proxyDefault: [String] = []

  func validate() throws {
    guard proxyDefault.allSatisfy({ $0.contains("=") }) else {
      throw ValidationError("--proxy-default is NAME=VALUE")
    }
    guard pluginBinary == nil || !uninstallPlugin else {
      throw ValidationError("give either --plugin-binary or --uninstall-plugin")
    }
  }
}

extension PluginOptions {
  private var namespaces: [String] { excludeNamespaces.split(separator: ",").map(String.init) }

  private var defaults: [String: String] {
    let pairs = proxyDefault.map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
    return Dictionary(pairs.map { (String($0[0]), String($0.last ?? "")) }) { $1 }
  }

  /// The decisions about pods.
  func policy() throws -> PluginPolicy {
    try PluginPolicy(
      excludedNamespaces: namespaces, agentNamespace: podNamespace, usesNativeRules: nativeNftables,
      proxyDefaults: defaults)
  }

  /// The wanted state of the plugin; nil if the agent leaves it alone.
  var goal: PluginUpkeep.Goal? {
    uninstallPlugin ? .removed : pluginBinary.map { .installed(binary: $0) }
  }

  /// The places of the plugin, and its entry in the network configuration.
  var node: NodeSettings {
    var settings = NodeSettings()
    (settings.binaryFolder, settings.configurationFolder) = (cniBinDir, cniConfDir)
    (settings.configurationName, settings.isChained) = (cniConfName, !standalone)
    (settings.cacheFolder, settings.runFolder) = (cniCacheDir, cniAgentRunDir)
    (settings.excludedNamespaces, settings.agentNamespace) = (namespaces, podNamespace)
    (settings.usesNativeRules, settings.proxyDefaults) = (nativeNftables, defaults)
    return settings
  }
}
