public import ArgumentParser
import ContainerRuntime
import Hummingbird
import KubernetesAPI
public import Logging
import NIOPosix
public import NodeAgent
import NodeInstallation
import PodDecisions
import PrometheusExposition
import ServiceLifecycle
import UnixSignals

/// The node agent: it runs on every node, as a DaemonSet of the chart in deploy/helm.
@main
struct AgentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "istio-node-agent",
    abstract: "Keep the interception rules of all pods of a node.",
    discussion: """
      Finds pods through the container runtime, installs the rules of those that started without (the race with the \
      CNI plugin), and compares the rules of all in regular intervals. Pods get the rules that the plugin \
      istio-cni-swift would give them. Ends with SIGTERM; the rules stay.
      """)

  @Option(help: "The socket of the container runtime.")
  var cri = "/run/containerd/containerd.sock"

  @Option(help: "The socket for the plugin and the tools of the node; empty for none.")
  var socket = "/var/run/istio-cni/agent.sock"

  @Option(help: "The address of /healthz, /readyz and /metrics.")
  var host = "0.0.0.0"

  @Option(help: "The port of /healthz, /readyz and /metrics.")
  var port = 15014

  @Option(help: "On pods without rules: repair, label, delete or off. label and delete need the API server.")
  var repairMode = RepairMode.repair

  @Flag(help: "Also install the rules of pods again whose rules have changed later.")
  var repairDrift = false

  @Option(help: "The label of mode label, as KEY=VALUE.")
  var brokenPodLabel = "cni.istio.io/uninitialized=true"

  @Option(help: "Seconds between two polls of the runtime.")
  var pollInterval = 1

  @Option(help: "Seconds between two audits of all pods.")
  var auditInterval = 300

  @Option(help: "Namespaces whose pods get no rules.")
  var excludeNamespaces = "kube-system"

  @Option(help: "The namespace of the agent's own pods.")
  var podNamespace = ""

  @Flag(help: "Install rules of nftables form.")
  var nativeNftables = false

  @Option(help: "A variable of proxies that is not known otherwise, as NAME=VALUE. Repeatable.")
  var proxyDefault: [String] = []

  @Option(help: "The plugin's binary in the image. Without it the agent does not install the plugin.")
  var pluginBinary: String?

  @Option(help: "The folder of the runtime's plugins.")
  var cniBinDir = "/opt/cni/bin"

  @Option(help: "The folder of the runtime's network configurations.")
  var cniConfDir = "/etc/cni/net.d"

  @Option(help: "The configuration that gets the plugin's entry; without it the first valid one.")
  var cniConfName: String?

  @Option(help: "The folder of the runtime's records of pods and their networks.")
  var cniCacheDir = "/var/lib/cni/results"

  @Option(help: "The folder of the agent's socket in the plugin's entry.")
  var cniRunDir = "/var/run/istio-cni"

  @Flag(help: "Install a configuration of its own, as Multus and OpenShift need it.")
  var notChained = false

  @Option(help: "The level of the log: debug, info, notice, warning, error.")
  var logLevel = Logger.Level.info

  func validate() throws {
    guard (1...3600).contains(pollInterval), (1...86400).contains(auditInterval) else {
      throw ValidationError("--poll-interval is 1 to 3600 seconds, --audit-interval 1 to 86400")
    }
    guard (1...65535).contains(port) else { throw ValidationError("--port is 1 to 65535") }
    guard brokenPodLabel.contains("="), proxyDefault.allSatisfy({ $0.contains("=") }) else {
      throw ValidationError("--broken-pod-label is KEY=VALUE, and so is --proxy-default")
    }
  }

  func run() async throws {
    let log = logger
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let pool = NIOThreadPool(numberOfThreads: 2)
    pool.start()
    let runtime = try CRIClient(socket: cri, on: group)
    let registry = PrometheusRegistry(AgentMetrics.families)
    let (table, health) = (PodTable(), Health())
    let keeper = PodKeeper(
      table, runtime, try policy(), KernelPodRules(), editor: try editor(), mode: repairMode,
      repairsDrift: repairDrift, on: pool, AgentMetrics(registry), log)
    var services: [any Service] = [
      RuntimeConnection(runtime),
      Watcher(keeper, runtime, health, every: .seconds(pollInterval), log),
      Auditor(keeper, every: .seconds(auditInterval), log),
      server(probeRoutes(health, registry), .hostname(host, port: port), group, log),
    ]
    if !socket.isEmpty {
      try SocketFile(socket).prepare()
      services.append(
        server(SocketRoutes(table, runtime, log).router, .unixDomainSocket(path: socket), group, log))
    }
    if let pluginBinary {
      services.append(PluginUpkeep(node, binary: pluginBinary, every: .seconds(1), log))
    }
    try await ServiceGroup(
      configuration: .init(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: log)
    ).run()
  }
}

extension AgentCommand {
  private var logger: Logger {
    var logger = Logger(label: "istio-node-agent") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = logLevel
    return logger
  }

  private func server(
    _ router: Router<BasicRequestContext>, _ address: BindAddress, _ group: MultiThreadedEventLoopGroup,
    _ log: Logger
  ) -> some Service {
    var quiet = log
    quiet.logLevel = max(logLevel, .warning)
    return Application(
      router: router, configuration: .init(address: address, serverName: nil),
      eventLoopGroupProvider: .shared(group), logger: quiet)
  }

  private var namespaces: [String] { excludeNamespaces.split(separator: ",").map(String.init) }

  private var defaults: [String: String] {
    let pairs = proxyDefault.map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
    return Dictionary(pairs.map { (String($0[0]), String($0.last ?? "")) }) { $1 }
  }

  private func policy() throws -> some PodPolicy {
    PluginPodPolicy(
      try PluginPolicy(
        excludedNamespaces: namespaces, agentNamespace: podNamespace, usesNativeRules: nativeNftables,
        proxyDefaults: defaults))
  }

  private var node: NodeSettings {
    var settings = NodeSettings()
    (settings.binaryFolder, settings.configurationFolder) = (cniBinDir, cniConfDir)
    (settings.configurationName, settings.isChained) = (cniConfName, !notChained)
    (settings.cacheFolder, settings.runFolder) = (cniCacheDir, cniRunDir)
    (settings.excludedNamespaces, settings.agentNamespace) = (namespaces, podNamespace)
    (settings.usesNativeRules, settings.proxyDefaults) = (nativeNftables, defaults)
    return settings
  }

  /// The API server, which only the modes `label` and `delete` use.
  private func editor() throws -> (any PodEditor)? {
    switch repairMode {
    case .repair, .off: return nil
    case .label, .delete:
      guard let server = APIServer(environment: Environment.variable) else {
        throw ValidationError(
          "--repair-mode \(repairMode.rawValue) needs the API server, but KUBERNETES_SERVICE_HOST is not set")
      }
      let parts = brokenPodLabel.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return ClusterEditor(server, key: String(parts[0]), value: String(parts[1]))
    }
  }
}

extension RepairMode: ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}
