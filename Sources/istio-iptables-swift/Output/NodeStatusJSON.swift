import NodeInstallation

/// The state of the plugin on a node as JSON: the answer of `node status --format json`.
struct NodeStatusJSON: Encodable {
  let installed: Bool
  let binary: Bool
  /// The network configuration that the runtime uses.
  let configuration: String?
  let entry: Bool
  /// True if Istio's plugin has an entry there as well.
  let istioEntry: Bool
  /// The number of pods that need the binary to be stopped.
  let pods: Int

  init(_ status: NodeStatus) {
    installed = status.isInstalled
    binary = status.hasBinary
    configuration = status.configuration
    entry = status.hasEntry
    istioEntry = status.hasIstioEntry
    pods = status.pods
  }
}
