/// A container runtime with the Container Runtime Interface of Kubernetes.
public protocol ContainerRuntime: Sendable {
  /// Returns the name and the version of the runtime.
  func version() async throws(RuntimeError) -> RuntimeVersion

  /// Returns the sandboxes that are ready.
  func readySandboxes() async throws(RuntimeError) -> [PodSandbox]

  /// Returns the network of a sandbox.
  func network(ofSandbox id: String) async throws(RuntimeError) -> SandboxNetwork

  /// Returns the containers of a sandbox.
  func containers(ofSandbox id: String) async throws(RuntimeError) -> [PodContainer]

  /// Calls a body after every change of a sandbox or container, until the stream or the task ends.
  func watch(_ onChange: @escaping @Sendable () async -> Void) async throws(RuntimeError)
}

/// A container runtime that does not answer, or not as expected.
public struct RuntimeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line.
  public let description: String
  /// True if the runtime does not know the object, which may have ended meanwhile.
  public let isNotFound: Bool

  public init(_ description: String, isNotFound: Bool = false) {
    self.description = description
    self.isNotFound = isNotFound
  }
}

/// The name and the version of a container runtime.
public struct RuntimeVersion: Hashable, Sendable, CustomStringConvertible {
  public let name: String
  public let version: String

  public init(name: String, version: String) {
    self.name = name
    self.version = version
  }

  public var description: String { "\(name) \(version)" }

  /// True if every subscriber receives every event.
  ///
  /// Up to containerd 2.0 an event goes to one of the subscribers only, so a second one takes events from the kubelet.
  /// Other runtimes are polled.
  public var broadcastsEvents: Bool {
    let numbers = version.drop { $0 == "v" }.split { $0 == "." || $0 == "-" || $0 == "~" }
    guard name == "containerd", numbers.count > 1, let major = Int(numbers[0]), let minor = Int(numbers[1])
    else { return false }
    return (major, minor) >= (2, 1)
  }
}
