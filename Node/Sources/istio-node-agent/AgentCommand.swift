public import ArgumentParser
import ContainerRuntime
import Hummingbird
public import Logging
import NIOPosix
import NodeAgent
import NodeInstallation
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

  @OptionGroup(title: "Plugin")
  var plugin: PluginOptions

  @OptionGroup(title: "Cluster")
  var cluster: ClusterOptions

  @Flag(help: "Also install the rules of pods again whose rules have changed later.")
  var repairDrift = false

  @Option(help: "Seconds between two polls of the runtime.")
  var pollInterval = 1

  @Option(help: "Seconds between two audits of all pods.")
  var auditInterval = 300

  @Option(help: "The level of the log: debug, info, notice, warning, error.")
  var logLevel = Logger.Level.info

  func validate() throws {
    guard (1...3600).contains(pollInterval), (1...86400).contains(auditInterval) else {
      throw ValidationError("--poll-interval is 1 to 3600 seconds, --audit-interval 1 to 86400")
    }
    guard (1...65535).contains(port) else { throw ValidationError("--port is 1 to 65535") }
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
      table, runtime, PluginPodPolicy(try plugin.policy()), KernelPodRules(), editor: try cluster.editor(),
      mode: cluster.repairMode, repairsDrift: repairDrift, on: pool, AgentMetrics(registry), log)
    var services: [any Service] = [
      RuntimeConnection(runtime),
      Watcher(keeper, runtime, health, every: .seconds(pollInterval), log),
      Auditor(keeper, every: .seconds(auditInterval), log),
      server(probeRoutes(health, registry), .hostname(host, port: port), group, log),
    ]
    if !socket.isEmpty {
      try SocketFile(socket).prepare()
      services.append(
        server(
          SocketRoutes(table, runtime, try cluster.podSource(), log).router, .unixDomainSocket(path: socket),
          group, log))
    }
    services += try nodeServices(health, log)
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

  /// The services for the node itself: the plugin's upkeep and the removal of the taint.
  private func nodeServices(_ health: Health, _ log: Logger) throws -> [any Service] {
    let node = plugin.node
    var services: [any Service] = []
    if let goal = plugin.goal {
      services.append(PluginUpkeep(node, goal, every: .seconds(1), log))
    }
    if let removal = try cluster.taintRemoval() {
      let isAwaited = plugin.goal != nil
      let isInstalled: @Sendable () -> Bool = { !isAwaited || NodeInstallation(node).status().isInstalled }
      services.append(
        TaintRemoval(health, every: .seconds(2), isInstalled: isInstalled, log, remove: removal))
    }
    return services
  }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
