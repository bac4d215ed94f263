import CRIInterface
import ContainerRuntime
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOPosix
import SwiftProtobuf

/// A container runtime that serves sandboxes from memory.
struct StubRuntime: Runtime_V1_RuntimeService.SimpleServiceProtocol {
  var version = "1.7.24"
  var sandboxes: [Runtime_V1_PodSandbox] = []
  var status: [String: Runtime_V1_PodSandboxStatusResponse] = [:]
  var containers: [Runtime_V1_ContainerStatusResponse] = []

  func version(
    request: Runtime_V1_VersionRequest, context: ServerContext
  ) async throws -> Runtime_V1_VersionResponse {
    .with {
      $0.runtimeName = "containerd"
      $0.runtimeVersion = version
    }
  }

  func listPodSandbox(
    request: Runtime_V1_ListPodSandboxRequest, context: ServerContext
  ) async throws -> Runtime_V1_ListPodSandboxResponse {
    .with { $0.items = sandboxes.filter { !request.hasFilter || $0.state == request.filter.state.state } }
  }

  func podSandboxStatus(
    request: Runtime_V1_PodSandboxStatusRequest, context: ServerContext
  ) async throws -> Runtime_V1_PodSandboxStatusResponse {
    guard let found = status[request.podSandboxID] else {
      throw RPCError(code: .notFound, message: "no sandbox \(request.podSandboxID)")
    }
    return found
  }

  func listContainers(
    request: Runtime_V1_ListContainersRequest, context: ServerContext
  ) async throws -> Runtime_V1_ListContainersResponse {
    .with { $0.containers = containers.map { status in .with { $0.id = status.status.id } } }
  }

  func containerStatus(
    request: Runtime_V1_ContainerStatusRequest, context: ServerContext
  ) async throws -> Runtime_V1_ContainerStatusResponse {
    guard let found = containers.first(where: { $0.status.id == request.containerID }) else {
      throw RPCError(code: .notFound, message: "no container")
    }
    return found
  }

  func getContainerEvents(
    request: Runtime_V1_GetEventsRequest, response: RPCWriter<Runtime_V1_ContainerEventResponse>,
    context: ServerContext
  ) async throws {
    for sandbox in sandboxes { try await response.write(.with { $0.containerID = sandbox.id }) }
  }

  /// Serves the runtime on a socket while a body runs with a client of it.
  func serving(at path: String, _ body: (CRIClient) async throws -> Void) async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    let server = GRPCServer(
      transport: .http2NIOPosix(
        address: .unixDomainSocket(path: path), transportSecurity: .plaintext, eventLoopGroup: group),
      services: [self])
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await server.serve() }
      _ = try await server.listeningAddress
      let client = try CRIClient(socket: path, on: group)
      tasks.addTask { try await client.run() }
      try await body(client)
      client.close()
      server.beginGracefulShutdown()
    }
  }
}
