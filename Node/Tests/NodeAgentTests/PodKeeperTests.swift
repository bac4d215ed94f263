import ContainerRuntime
import Intercept
import Logging
import NIOPosix
import PrometheusExposition
import Synchronization
import Testing

@testable import NodeAgent

/// The pods and rules of a node in memory.
final class StubNode: ContainerRuntime, PodRuleStore, PodEditor {
  struct State: Sendable {
    var sandboxes: [PodSandbox] = []
    var network: [String: SandboxNetwork] = [:]
    var drift: [String: Drift] = [:]
    var failure: PodRuleError?
    var installed: [String] = []
    var edits: [String] = []
    var containers: [PodContainer] = []
    var isDown = false
  }

  let state = Mutex(State())

  func change(_ body: @Sendable (inout State) -> Void) { state.withLock { body(&$0) } }

  func version() async throws(RuntimeError) -> RuntimeVersion { RuntimeVersion(name: "stub", version: "1") }
  func readySandboxes() async throws(RuntimeError) -> [PodSandbox] {
    let (isDown, found) = state.withLock { ($0.isDown, $0.sandboxes) }
    if isDown { throw RuntimeError("down") }
    return found
  }
  func network(ofSandbox id: String) async throws(RuntimeError) -> SandboxNetwork {
    let own = SandboxNetwork.pod(SandboxNamespace(path: id, process: nil, addresses: ["10.0.0.1"]))
    return state.withLock { $0.network[id] } ?? own
  }
  func containers(ofSandbox id: String) async throws(RuntimeError) -> [PodContainer] {
    state.withLock { $0.containers }
  }
  func watch(_ onChange: @escaping @Sendable () async -> Void) async throws(RuntimeError) {}

  func inspect(_ rules: PodRules, in network: SandboxNamespace, since last: PodInspection?)
    throws(PodRuleError) -> PodInspection
  {
    PodInspection(state.withLock { $0.drift[network.path] } ?? .none)
  }
  func install(_ rules: PodRules, in network: SandboxNamespace) throws(PodRuleError) -> String {
    let failure = state.withLock { $0.failure }
    if let failure { throw failure }
    state.withLock {
      $0.installed.append(network.path)
      $0.drift[network.path] = nil
    }
    return "done"
  }

  func label(namespace: String, name: String) async throws {
    change { $0.edits.append("label \(namespace)/\(name)") }
  }
  func delete(namespace: String, name: String, uid: String) async throws {
    change { $0.edits.append("delete \(namespace)/\(name) \(uid)") }
  }
}

/// Pods of the namespace `shop` get rules; annotations of `odd` are wrong.
struct StubPolicy: PodPolicy {
  func decision(_ pod: PodSandbox, _ addresses: [IPAddress], _ containers: [PodContainer]) -> PodDecision {
    switch pod.namespace {
    case "shop":
      var reader = OptionReader(Options(environment: { _ in nil }, manifest: GivenOptions()))
      return .redirect(PodRules(Configuration(), RunOptions(reading: &reader)))
    case "odd": return .invalid("a port list is wrong")
    default: return .skip("not injected")
    }
  }
}

@Suite struct PodKeeperTests {
  private let node = StubNode()
  private let table = PodTable()
  private let registry = PrometheusRegistry(AgentMetrics.families)
  private let absent = Drift([.absent], "no rules")

  private func keeper(_ mode: RepairMode = .repair, repairsDrift: Bool = false) -> PodKeeper {
    PodKeeper(
      table, node, StubPolicy(), node, editor: node, mode: mode, repairsDrift: repairsDrift, on: .singleton,
      AgentMetrics(registry), Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  private func add(_ id: String, namespace: String = "shop", drift: Drift? = nil) {
    node.change {
      $0.sandboxes.append(PodSandbox(id: id, namespace: namespace, name: id, uid: "u-\(id)"))
      $0.drift[id] = drift
    }
  }

  @Test func aPodWithoutRulesGetsThemOnce() async throws {
    add("raced", drift: absent)
    add("whole")
    let keeper = keeper()
    try await keeper.pass()
    try await keeper.pass()
    #expect(node.state.withLock { $0.installed } == ["raced"])
    #expect(await table["raced"]?.state == .whole)
    #expect(
      registry.text.contains(#"istio_cni_repair_pods_repaired_total{result="success",type="repair"} 1"#))
    #expect(registry.text.contains(#"istio_node_agent_pods{state="whole"} 2"#))
  }

  @Test func aRepairThatLeavesDifferencesIsNoSuccess() async throws {
    add("raced", drift: absent)
    node.change { $0.failure = .failed("refused") }
    try await keeper().pass()
    #expect(await table["raced"]?.state == .broken("refused"))
    #expect(registry.text.contains(#"istio_cni_repair_pods_repaired_total{result="fail",type="repair"} 1"#))
  }

  @Test func podsWithoutRulesOfTheirOwnAreLeftAlone() async throws {
    add("plain", namespace: "default", drift: absent)
    add("odd", namespace: "odd", drift: absent)
    add("host", drift: absent)
    node.change { $0.network["host"] = .host }
    try await keeper().pass()
    #expect(node.state.withLock { $0.installed.isEmpty })
    #expect(await table["plain"]?.state.name == "excluded")
    #expect(await table["odd"]?.state.name == "broken")
    #expect(await table["host"]?.state.name == "excluded")
  }

  @Test func theModesOfIstiosAgent() async throws {
    add("raced", drift: absent)
    try await keeper(.label).pass()
    #expect(node.state.withLock { $0.edits } == ["label shop/raced"])
    _ = await table.update([])
    try await keeper(.delete).pass()
    #expect(node.state.withLock { $0.edits.last } == "delete shop/raced u-raced")
    _ = await table.update([])
    try await keeper(.off).pass()
    #expect(node.state.withLock { $0.edits.count } == 2)
    #expect(node.state.withLock { $0.installed.isEmpty })
    #expect(await table["raced"]?.state.name == "drifted")
  }

  @Test(arguments: [true, false]) func laterDriftIsRepairedOnlyIfAsked(repairs: Bool) async throws {
    add("web")
    let keeper = keeper(repairsDrift: repairs)
    try await keeper.pass()
    node.change { $0.drift["web"] = Drift([.missing], "1 rule is missing") }
    await Auditor(keeper, every: .seconds(1), Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }).audit()
    #expect(node.state.withLock { $0.installed } == (repairs ? ["web"] : []))
    #expect(await table["web"]?.state.name == (repairs ? "whole" : "drifted"))
    #expect(registry.text.contains("istio_node_agent_audits_total 1"))
    #expect(registry.text.contains(#"istio_node_agent_drifted_pods{kind="missing"} \#(repairs ? 0 : 1)"#))
  }

  @Test(arguments: [RepairMode.repair, .label]) func rulesThatTheProxyAsksForAreInstalled(mode: RepairMode)
    async throws
  {
    add("web")
    let keeper = keeper(mode)
    try await keeper.pass()
    #expect(await table["web"]?.state == .whole)
    // The proxy starts, and its variables ask for more rules.
    node.change {
      $0.containers = [PodContainer(name: "istio-proxy", isRunning: true)]
      $0.drift["web"] = Drift([.missing], "5 rules are missing")
    }
    let later = ContinuousClock.now + .seconds(3)
    #expect(await table.update(node.state.withLock { $0.sandboxes }, at: later) == ["web"])
    await keeper.attend("web")
    #expect(node.state.withLock { $0.installed } == (mode == .repair ? ["web"] : []))
    #expect(node.state.withLock { $0.edits.isEmpty })
    #expect(await table.update(node.state.withLock { $0.sandboxes }, at: later + .seconds(999)).isEmpty)
  }

  @Test func aPodThatEndedIsForgotten() async throws {
    add("web")
    let keeper = keeper()
    try await keeper.pass()
    node.change { $0.sandboxes = [] }
    try await keeper.pass()
    #expect(await table["web"] == nil)
  }

  @Test func aFailedPodIsTriedAgainLater() async {
    let start = ContinuousClock.now
    let sandbox = PodSandbox(id: "a", namespace: "shop", name: "a", uid: "u")
    #expect(await table.update([sandbox], at: start) == ["a"])
    #expect(await table.set("a", .broken("x"), at: start))
    #expect(await table.update([sandbox], at: start).isEmpty)
    #expect(await table.update([sandbox], at: start + .seconds(3)) == ["a"])
    #expect(await !table.set("a", .broken("x"), at: start))
  }
}
