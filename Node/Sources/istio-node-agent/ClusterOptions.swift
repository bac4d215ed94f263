public import ArgumentParser
import KubernetesAPI
public import NodeAgent

/// The options that need the API server. By default none does.
struct ClusterOptions: ParsableArguments {
  @Option(help: "On pods without rules: repair, label, delete or off. label and delete need the API server.")
  var repairMode = RepairMode.repair

  @Flag(
    help:
      "Answer the plugin with a new pod's containers and labels from the API server: the runtime does not know them yet."
  )
  var readPods = false

  @Option(help: "The label of mode label, as KEY=VALUE.")
  var brokenPodLabel = "cni.istio.io/uninitialized=true"

  @Option(
    help: "A taint that is removed from the node once new pods get rules, such as cni.istio.io/not-ready.")
  var removeTaint: String?

  @Option(help: "The node, for --remove-taint. (default: $NODE_NAME)")
  var nodeName: String?

  func validate() throws {
    guard brokenPodLabel.contains("=") else { throw ValidationError("--broken-pod-label is KEY=VALUE") }
    guard removeTaint == nil || node != nil else {
      throw ValidationError("--remove-taint needs the name of the node: --node-name or NODE_NAME")
    }
  }
}

extension ClusterOptions {
  private var node: String? { nodeName ?? Environment.variable("NODE_NAME") }

  /// The editor of pods of the modes `label` and `delete`; nil for the others.
  func editor() throws -> (any PodEditor)? {
    switch repairMode {
    case .repair, .off: return nil
    case .label, .delete:
      let parts = brokenPodLabel.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return ClusterEditor(
        try server(for: "--repair-mode \(repairMode.rawValue)"), key: String(parts[0]),
        value: String(parts[1]))
    }
  }

  /// The source of new pods; nil if it is not asked for.
  func podSource() throws -> (any PodSource)? {
    readPods ? ClusterPods(server: try server(for: "--read-pods")) : nil
  }

  /// The removal of the node's taint; nil if it is not asked for.
  func taintRemoval() throws -> (@Sendable () async throws -> Bool)? {
    guard let key = removeTaint, let node else { return nil }
    let server = try server(for: "--remove-taint")
    return { try await server.removeTaint(key, fromNode: node) }
  }

  private func server(for option: String) throws -> APIServer {
    guard let server = APIServer(environment: Environment.variable) else {
      throw ValidationError("\(option) needs the API server, but KUBERNETES_SERVICE_HOST is not set")
    }
    return server
  }
}

extension RepairMode: ExpressibleByArgument {}
