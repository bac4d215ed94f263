public import Intercept
import JSONText

/// A pod sandbox that is ready. The corresponding CRI message is `PodSandbox`; its texts are untrusted.
public struct RuntimeSandbox: Hashable, Sendable {
  public let id: String
  public let namespace: String
  public let name: String
  public let labels: [String: String]
  public let annotations: [String: String]

  init(_ message: ProtobufMessage) {
    let metadata = message.message(2)
    (id, name, namespace) = (message.text(1), metadata.text(1), metadata.text(3))
    (labels, annotations) = (message.map(5), message.map(6))
  }
}

/// The network of a sandbox, from its verbose status.
public struct RuntimeNetwork: Hashable, Sendable {
  /// True if the pod shares the network of the node.
  public let isOfNode: Bool
  /// The file of the network namespace in the runtime's mount namespace; nil if the runtime does not name it.
  public let path: String?
  /// The sandbox's process in the runtime's PID namespace; nil if the runtime does not name it.
  public let process: Int32?
  /// The pod's addresses, the primary one first.
  public let addresses: [IPAddress]

  /// - Parameter answer: the message `PodSandboxStatusResponse`.
  init(_ answer: ProtobufMessage) {
    let status = answer.message(1)
    let network = status.message(5)
    let node: UInt64 = 2
    isOfNode = status.message(6).message(1).message(2).number(1) == node
    addresses = ([network.text(1)] + network.messages(2).map { $0.text(1) }).compactMap { IPAddress($0) }
    let info = VerboseInfo(answer.map(2)["info"])
    (path, process) = (info.networkNamespace, info.process)
  }
}

/// A container of a sandbox.
public struct RuntimeContainer: Hashable, Sendable {
  public let name: String
  public let arguments: [String]
  public let environment: [String: String]
  public let user: UInt32?
  public let group: UInt32?

  /// - Parameter answer: the message `ContainerStatusResponse`.
  init(_ answer: ProtobufMessage) {
    name = answer.message(1).message(2).text(1)
    let info = VerboseInfo(answer.map(2)["info"])
    (arguments, environment, user, group) = (info.arguments, info.environment, info.user, info.group)
  }

  /// The proxy's role, the argument after `proxy`: `sidecar`, `router`; nil for another program.
  public var proxyType: String? {
    arguments.firstIndex(of: "proxy").flatMap { arguments.dropFirst($0 + 1).first }
  }
}
