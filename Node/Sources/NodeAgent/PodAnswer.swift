public import ContainerRuntime

/// A source of pods that the container runtime does not know yet, as while the plugin runs.
public protocol PodSource: Sendable {
  /// Returns a pod and its containers; nil if there is no such pod.
  func pod(namespace: String, name: String) async throws -> (sandbox: PodSandbox, containers: [PodContainer])?
}

/// The answer to `GET /v1/pod`: the facts of a pod for the plugin and the tools of the node.
///
/// Variables of the containers may hold secrets: only those that decide about rules are in it.
struct PodAnswer: Encodable {
  let schemaVersion = 1
  let id: String
  let namespace: String
  let name: String
  let uid: String
  /// The network namespace's file; absent for a pod in the host's network.
  let networkNamespace: String?
  let process: Int32?
  let addresses: [String]
  let annotations: [String: String]
  let labels: [String: String]
  /// The names of the containers.
  let containers: [String]?
  let proxy: Proxy?
  /// The state of the pod's rules: whole, drifted, broken, excluded, unknown.
  let state: String

  struct Proxy: Encodable {
    /// The argument after `proxy`: `sidecar` or `router`.
    let type: String?
    let environment: [String: String]
    let user: UInt32?
    let group: UInt32?
  }

  init(_ entry: PodTable.Entry, _ network: SandboxNetwork, _ containers: [PodContainer]) {
    let sandbox = entry.sandbox
    (id, namespace, name, uid) = (sandbox.id, sandbox.namespace, sandbox.name, sandbox.uid)
    (annotations, labels) = (sandbox.annotations, sandbox.labels)
    state = entry.state.name
    switch network {
    case .pod(let network):
      (networkNamespace, process, addresses) = (network.path, network.process, network.addresses)
    case .host, .unknown: (networkNamespace, process, addresses) = (nil, nil, [])
    }
    self.containers = containers.isEmpty ? nil : containers.map(\.name)
    proxy = containers.proxy.map(Proxy.init)
  }
}

extension PodAnswer.Proxy {
  init(_ container: PodContainer) {
    type = container.proxyType
    environment = container.environment.filter { Self.variables.contains($0.key) }
    (user, group) = (container.user, container.group)
  }

  private static let variables: Set = [
    "DISABLE_ENVOY", "INVALID_DROP", "ISTIO_DUAL_STACK", "ISTIO_META_DNS_CAPTURE",
  ]
}
