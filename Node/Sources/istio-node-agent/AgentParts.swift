import ContainerRuntime
import Glibc
import KubernetesAPI
import NodeAgent
import ServiceLifecycle

/// The connection to the container runtime, as long as the agent runs.
struct RuntimeConnection: Service {
  private let runtime: CRIClient

  init(_ runtime: CRIClient) {
    self.runtime = runtime
  }

  func run() async throws {
    try await withGracefulShutdownHandler {
      try await runtime.run()
    } onGracefulShutdown: {
      runtime.close()
    }
  }
}

/// Labels and deletes pods through the API server.
struct ClusterEditor: PodEditor {
  private let server: APIServer
  private let key: String
  private let value: String

  init(_ server: APIServer, key: String, value: String) {
    self.server = server
    self.key = key
    self.value = value
  }

  func label(namespace: String, name: String) async throws {
    try await server.label(namespace: namespace, pod: name, key, value)
  }

  func delete(namespace: String, name: String, uid: String) async throws {
    try await server.delete(namespace: namespace, pod: name, uid: uid)
  }
}

/// Pods as the API server has them. Their sandboxes have no id yet.
struct ClusterPods: PodSource {
  let server: APIServer

  func pod(namespace: String, name: String) async throws -> (sandbox: PodSandbox, containers: [PodContainer])?
  {
    guard let pod = try await server.pod(namespace: namespace, name: name) else { return nil }
    let sandbox = PodSandbox(
      id: "", namespace: namespace, name: name, uid: pod.metadata.uid, labels: pod.metadata.labels ?? [:],
      annotations: pod.metadata.annotations ?? [:])
    let containers = pod.containers.map { container in
      PodContainer(
        name: container.name, isRunning: false, arguments: container.args ?? [],
        environment: container.environment, user: pod.user(of: container), group: pod.group(of: container))
    }
    return (sandbox, containers)
  }
}

/// The path of the agent's Unix socket.
struct SocketFile {
  private let path: String

  init(_ path: String) {
    self.path = path
  }

  /// Removes the socket of an agent that has ended, and lets only the owner connect to the next.
  ///
  /// - Throws: `SocketError` if the path is in use for something else.
  func prepare() throws {
    umask(0o077)
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw SocketError(path: path) }
    unlink(path)
  }

  struct SocketError: Error, CustomStringConvertible {
    let path: String
    var description: String { "\(path) exists and is no socket; give another path with --socket" }
  }
}

/// The variables of the process.
enum Environment {
  static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
