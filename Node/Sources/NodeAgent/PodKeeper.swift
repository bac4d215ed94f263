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
  private let editor: (any PodEditor)?
  private let mode: RepairMode
  private let repairsDrift: Bool
  private let pool: NIOThreadPool
  private let log: Logger

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
  private func attend(_ id: String) async {
    guard let entry = await table[id] else { return }
    do throws(RuntimeError) {
      let network = try await network(of: entry)
      guard case .pod(let pod) = network else { return await exclude(entry, network) }
      let containers = try await runtime.containers(ofSandbox: id)
      let addresses = pod.addresses.compactMap { IPAddress($0) }
      switch policy.decision(entry.sandbox, addresses, containers) {
      case .skip(let reason): await report(entry, .excluded(reason))
      case .invalid(let reason): await report(entry, .broken(reason))
      case .redirect(let rules):
        await table.learn(id, network, rules)
        await inspect(entry, rules, pod, startedNow: true)
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
  /// - Parameter startedNow: true for a pod that is new to the agent.
  func inspect(_ entry: PodTable.Entry, _ rules: PodRules, _ network: SandboxNamespace, startedNow: Bool)
    async
  {
    do throws(PodRuleError) {
      let drift = try await inKernel { store throws(PodRuleError) in try store.drift(from: rules, in: network)
      }
      guard !drift.isEmpty else { return await report(entry, .whole) }
      guard drift.kinds.contains(.absent) || repairsDrift else { return await report(entry, .drifted(drift)) }
      await report(entry, .drifted(drift))
      try await repair(entry, rules, network)
    } catch {
      if error != .ended { await report(entry, .broken(error.description)) }
    }
  }

  private func repair(_ entry: PodTable.Entry, _ rules: PodRules, _ network: SandboxNamespace)
    async throws(PodRuleError)
  {
    switch mode {
    case .off: metrics.repaired(mode, .skip)
    case .repair: try await install(entry, rules, network)
    case .label, .delete: await edit(entry)
    }
  }

  private func install(_ entry: PodTable.Entry, _ rules: PodRules, _ network: SandboxNamespace)
    async throws(PodRuleError)
  {
    do throws(PodRuleError) {
      let start = ContinuousClock.now
      let line = try await inKernel { store throws(PodRuleError) in
        let line = try store.install(rules, in: network)
        let left = try store.drift(from: rules, in: network)
        guard left.isEmpty else { throw .failed("its rules still differ after the repair: \(left.summary)") }
        return line
      }
      metrics.applied(in: .now - start)
      metrics.repaired(mode, .success)
      log.notice("repaired", metadata: entry.metadata(["rules": "\(line.onOneLine)"]))
      await report(entry, .whole)
    } catch {
      if error != .ended { metrics.repaired(mode, .fail) }
      throw error
    }
  }

  /// Labels or deletes a pod.
  private func edit(_ entry: PodTable.Entry) async {
    let pod = entry.sandbox
    do {
      switch mode {
      case .label: try await editor?.label(namespace: pod.namespace, name: pod.name)
      case .delete: try await editor?.delete(namespace: pod.namespace, name: pod.name, uid: pod.uid)
      case .repair, .off: break
      }
      metrics.repaired(mode, editor == nil ? .skip : .success)
      metrics.requested(succeeded: editor != nil)
    } catch {
      metrics.repaired(mode, .fail)
      metrics.requested(succeeded: false)
      await report(entry, .broken("\(mode.rawValue): \(error)"))
    }
  }

  /// Runs a body on a thread for work that blocks.
  private func inKernel<Success: Sendable>(
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
  private func report(_ entry: PodTable.Entry, _ state: PodTable.State) async {
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

extension PodTable.Entry {
  /// The pod for lines of the log.
  fileprivate func metadata(_ more: Logger.Metadata = [:]) -> Logger.Metadata {
    more.merging(["pod": "\(sandbox.pod.onOneLine)", "sandbox": "\(sandbox.id.prefix(12))"]) { $1 }
  }
}

extension String {
  /// At most 500 characters on one line without control characters.
  var onOneLine: String {
    let line = String(
      unicodeScalars.prefix(500).map { $0.value < 32 || $0.value == 127 ? " " : Character($0) })
    return line.unicodeScalars.count < unicodeScalars.count ? line + "..." : line
  }
}
