import Glibc
import Intercept
import Manifests
import Netfilter
import PodDecisions
import RuleCommands
import RuntimeClient

/// A pod of this node, as its container runtime reports it.
struct RuntimePod: Sendable {
  private let sandbox: RuntimeSandbox
  private let network: RuntimeNetwork
  private let client: RuntimeClient

  /// The sockets of containerd, CRI-O, cri-dockerd and k3s.
  private static let sockets = [
    "/run/containerd/containerd.sock", "/run/crio/crio.sock", "/run/cri-dockerd.sock",
    "/run/k3s/containerd/containerd.sock",
  ]

  /// Finds the pod.
  ///
  /// - Throws: `CommandError` if the runtime does not answer, or has no such pod or several.
  init(_ reference: PodReference) throws(CommandError) {
    let socket = if let given = reference.socket { given } else { try Self.socket() }
    let client = RuntimeClient(socket: socket)
    let sandboxes = try Self.asking(socket) { () throws(RuntimeProblem) in try client.readySandboxes() }
    let sandbox = try Self.one(of: sandboxes.filter(reference.names), reference, socket)
    network = try Self.asking(socket) { () throws(RuntimeProblem) in try client.network(of: sandbox) }
    (self.client, self.sandbox) = (client, sandbox)
  }

  private static func asking<Answer>(
    _ socket: String, _ body: () throws(RuntimeProblem) -> Answer
  ) throws(CommandError) -> Answer {
    do {
      return try body()
    } catch {
      throw CommandError("--cri \(socket): \(error)")
    }
  }

  /// The first socket that exists.
  private static func socket() throws(CommandError) -> String {
    if let socket = sockets.first(where: { access($0, F_OK) == 0 }) { return socket }
    throw CommandError(
      "no container runtime at \(sockets.joined(separator: ", ")); give its socket with --cri")
  }

  private static func one(
    of sandboxes: [RuntimeSandbox], _ reference: PodReference, _ socket: String
  ) throws(CommandError) -> RuntimeSandbox {
    if sandboxes.count == 1, let sandbox = sandboxes.first { return sandbox }
    guard !sandboxes.isEmpty else {
      throw CommandError("--pod-name \(reference): no running pod has this name on the node (\(socket))")
    }
    let namespaces = sandboxes.map(\.namespace).sorted().prefix(5).joined(separator: ", ")
    throw CommandError(
      "--pod-name \(reference): \(sandboxes.count) pods have this name, in the namespaces \(namespaces)")
  }
}

extension RuntimePod {
  /// Opens the pod's network namespace: by the file that the runtime names, or if that is not in this mount namespace,
  /// by the sandbox's process.
  ///
  /// - Returns: the namespace, and the process if it is in it.
  /// - Throws: `CommandError` if neither leads to a namespace with one of the pod's addresses.
  func openNamespace() throws(CommandError) -> (NetworkNamespace, process: Int32?) {
    guard !network.isOfNode else {
      throw CommandError("\(self) is in the network of the node, whose rules are not changed for a pod")
    }
    let byPath = network.path.flatMap { try? NetworkNamespace.open($0) }.flatMap { isOfPod($0) ? $0 : nil }
    let byProcess = network.process.flatMap { try? NetworkNamespace.open(process: $0) }
      .flatMap { isOfPod($0) ? $0 : nil }
    if let byPath { return (byPath, byPath == byProcess ? network.process : nil) }
    if let byProcess { return (byProcess, network.process) }
    let places = [network.path, network.process.map { "process \($0)" }].compactMap(\.self)
    throw CommandError(
      "\(self): its network namespace cannot be entered by \(places.joined(separator: " or ")): run as root in "
        + "the PID or mount namespace of the runtime")
  }

  /// True if the namespace has one of the pod's addresses: a path or a process id may belong to another pod by now.
  private func isOfPod(_ namespace: NetworkNamespace) -> Bool {
    guard let live = try? namespace.run({ try NamespaceAddresses.read().addresses }) else { return false }
    return !Set(network.addresses).isDisjoint(with: live)
  }

  /// Returns the options that the plugin derives for the pod.
  ///
  /// - Throws: `CommandError` if the runtime does not answer.
  func options() throws(CommandError) -> PluginPolicy.PodOptions {
    do {
      let policy = try PluginPolicy(
        excludedNamespaces: [], agentNamespace: "", usesNativeRules: false, proxyDefaults: [:])
      let containers = try client.containers(of: sandbox)
      let proxy = containers.first { $0.name == IstioContainer.proxy }
      return policy.options(
        of: PluginPolicy.Pod(
          namespace: sandbox.namespace, name: sandbox.name, annotations: sandbox.annotations,
          labels: sandbox.labels, proxy: proxy.map(PluginPolicy.Proxy.init), addresses: network.addresses))
    } catch {
      throw CommandError("\(self): \(error)")
    }
  }
}

extension PodReference {
  /// True for a sandbox with this name, in this namespace or in any if none is given.
  fileprivate func names(_ sandbox: RuntimeSandbox) -> Bool {
    sandbox.name == name && namespace.map { $0 == sandbox.namespace } ?? true
  }
}

extension PluginPolicy.Proxy {
  fileprivate init(_ container: RuntimeContainer) {
    self.init(
      type: container.proxyType, environment: container.environment, user: container.user,
      group: container.group)
  }
}

extension RuntimePod: CustomStringConvertible {
  /// `pod shop/web`.
  var description: String { "pod \(sandbox.namespace)/\(sandbox.name)" }
}
