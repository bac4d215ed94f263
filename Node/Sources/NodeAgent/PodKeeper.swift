public import ContainerRuntime
import Intercept
public import Logging
public import NIOPosix

/// Reads the rules of pods, and repairs those that started without.
public struct PodKeeper: Sendable {
  let table: PodTable
  let metrics: AgentMetrics
  private let runtime: any ContainerRuntime
  private let policy: any PodPolicy
  private let store: any PodRuleStore
  let editor: (any PodEditor)?
  let mode: RepairMode
  private let repairsDrift: Bool
  private let pool: NIOThreadPool
  let log: Logger

  /// - Parameters:
  ///   - editor: the API server; nil without one. The modes `label` and `delete` need it.
  ///   - repairsDrift: true to install the rules of pods again whose rules have changed later.
  ///   - pool: the threads for work in the kernel.
  public init(
    _ table: PodTable, _ runtime: any ContainerRuntime, _ policy: any PodPolicy, _ store: any PodRuleStore,
    editor: (any PodEditor)? = nil, mode: RepairMode, repairsDrift: Bool, on pool: NIOThreadPool,
    _ metrics: AgentMetrics, _ log: Logger
  ) {
    self.table = table
    self.runtime = runtime
    self.policy = policy
    self.store = store
    self.editor = editor
    self.mode = mode
    self.repairsDrift = repairsDrift
    self.pool = pool
    self.metrics = metrics
    self.log = log
  }

  /// Lists the sandboxes and attends to those that are new or failed before.
  public func pass() async throws(RuntimeError) {
    let sandboxes = try await runtime.readySandboxes()
    for id in await table.update(sandboxes) {
      guard !Task.isCancelled else { return }
      await attend(id)
    }
    metrics.set(await table.counts)
  }

  /// Reads a new pod and repairs it, if it should have rules and has none.
  func attend(_ id: String) async {
    guard let entry = await table[id] else { return }
    do throws(RuntimeError) {
      let network = try await network(of: entry)
      guard case .pod(let pod) = network else { return await exclude(entry, network) }
      let containers = try await runtime.containers(ofSandbox: id)
      let addresses = pod.addresses.compactMap { IPAddress($0) }
      switch policy.decision(entry.sandbox, addresses, containers) {
      case .skip(let reason):
        await table.learn(id, network, nil)
        await report(entry, .excluded(reason))
      case .invalid(let reason): await report(entry, .broken(reason))
      case .redirect(let rules):
        let lacksProxy = containers.proxy == nil
        await table.learn(id, network, rules, isProvisional: lacksProxy)
        await inspect(entry, rules, pod, areCompleted: entry.isProvisional && !lacksProxy)
      }
    } catch {
      if !error.isNotFound { await report(entry, .broken(error.description)) }
    }
  }

  private func network(of entry: PodTable.Entry) async throws(RuntimeError) -> SandboxNetwork {
    if let network = entry.network { return network }
    return try await runtime.network(ofSandbox: entry.sandbox.id)
  }

  private func exclude(_ entry: PodTable.Entry, _ network: SandboxNetwork) async {
    switch network {
    case .host: await report(entry, .excluded("it is in the host's network"))
    case .unknown(let reason): await report(entry, .broken(reason))
    case .pod: break
    }
  }

  /// Compares the rules of a pod with its own, and repairs them where the options ask for it.
  ///
  /// - Parameters:
  ///   - entry: the pod.
  ///   - rules: its rules.
  ///   - network: its network namespace.
  ///   - areCompleted: true if the proxy has appeared since the last comparison. Its variables may ask for rules
  ///     that the plugin could not know of; mode `repair` installs them.
  func inspect(
    _ entry: PodTable.Entry, _ rules: PodRules, _ network: SandboxNamespace, areCompleted: Bool = false
  ) async {
    do throws(PodRuleError) {
      let inspection = try await inKernel { store throws(PodRuleError) in
        try store.inspect(rules, in: network, since: entry.inspection)
      }
      await table.keep(entry.sandbox.id, inspection)
      let drift = inspection.drift
      guard !drift.isEmpty else { return await report(entry, .whole) }
      await report(entry, .drifted(drift))
      guard drift.kinds.contains(.absent) || repairsDrift || (areCompleted && mode == .repair) else { return }
      try await repair(entry, rules, network)
    } catch {
      if error != .ended { await report(entry, .broken(error.description)) }
    }
  }

  /// Runs a body on a thread for work that blocks.
  func inKernel<Success: Sendable>(
    _ body: @escaping @Sendable (any PodRuleStore) throws(PodRuleError) -> Success
  ) async throws(PodRuleError) -> Success {
    do {
      return try await pool.runIfActive { [store] in try body(store) }
    } catch let error as PodRuleError {
      throw error
    } catch {
      throw .failed("\(error)")
    }
  }

  /// Stores a state, and logs it if it is another than before.
  func report(_ entry: PodTable.Entry, _ state: PodTable.State) async {
    guard await table.set(entry.sandbox.id, state) else { return }
    switch state {
    case .unknown, .whole: log.debug("whole", metadata: entry.metadata())
    case .excluded(let reason):
      log.debug("no rules", metadata: entry.metadata(["reason": "\(reason.onOneLine)"]))
    case .drifted(let drift):
      log.warning("rules differ", metadata: entry.metadata(["differences": "\(drift.summary.onOneLine)"]))
    case .broken(let reason):
      log.error("cannot look after the pod", metadata: entry.metadata(["reason": "\(reason.onOneLine)"]))
    }
  }
}
