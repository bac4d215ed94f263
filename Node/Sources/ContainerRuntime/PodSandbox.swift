/// A pod sandbox that is ready: its network is set up.
///
/// The corresponding CRI message is `PodSandbox`. All texts are untrusted input.
public struct PodSandbox: Hashable, Sendable {
  public let id: String
  public let namespace: String
  public let name: String
  public let uid: String
  public let labels: [String: String]
  /// The annotations of Istio. `kubectl apply` puts the whole manifest into another one, which is not kept.
  public let annotations: [String: String]

  public init(
    id: String, namespace: String, name: String, uid: String, labels: [String: String] = [:],
    annotations: [String: String] = [:]
  ) {
    self.id = id
    self.namespace = namespace
    self.name = name
    self.uid = uid
    self.labels = labels
    self.annotations = annotations
  }

  /// `shop/web`.
  public var pod: String { "\(namespace)/\(name)" }
}

/// The network of a sandbox, from its verbose status. It does not change in the sandbox's life.
public enum SandboxNetwork: Hashable, Sendable {
  /// The pod shares the network namespace of the host.
  case host
  /// The pod has a network namespace of its own.
  case pod(SandboxNamespace)
  /// The runtime does not name the namespace; the text is the reason.
  case unknown(String)
}

/// The network namespace of a pod.
public struct SandboxNamespace: Hashable, Sendable {
  /// The namespace's file, such as /var/run/netns/cni-....
  public let path: String
  /// The sandbox's process in the PID namespace of the runtime; nil if it is not known.
  public let process: Int32?
  /// The pod's addresses as texts, the primary one first.
  public let addresses: [String]

  public init(path: String, process: Int32?, addresses: [String]) {
    self.path = path
    self.process = process
    self.addresses = addresses
  }
}

/// The facts of a pod's containers that the annotations do not carry.
public struct PodContainer: Hashable, Sendable {
  public let name: String
  public let isRunning: Bool
  /// The arguments of its process.
  public let arguments: [String]
  /// The variables of its process.
  public let environment: [String: String]
  /// The user id and the group id of its process; nil if they are not known.
  public let user: UInt32?
  public let group: UInt32?

  public init(
    name: String, isRunning: Bool, arguments: [String] = [], environment: [String: String] = [:],
    user: UInt32? = nil, group: UInt32? = nil
  ) {
    self.name = name
    self.isRunning = isRunning
    self.arguments = arguments
    self.environment = environment
    self.user = user
    self.group = group
  }
}
