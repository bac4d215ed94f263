import CRIInterface
import GRPCCore
import GRPCNIOTransportHTTP2Posix
public import NIOCore
import SwiftProtobuf

/// A client of the Container Runtime Interface (runtime.v1) over the runtime's Unix socket.
///
/// ``run()`` keeps the connection and must run as long as calls are made. A lost connection is opened again.
public struct CRIClient: ContainerRuntime {
  private typealias Transport = HTTP2ClientTransport.Posix
  private typealias Stub = Runtime_V1_RuntimeService.Client<Transport>

  private let client: GRPCClient<Transport>
  private let stub: Stub
  private let options: CallOptions

  /// - Parameters:
  ///   - socket: the path of the runtime's socket, such as /run/containerd/containerd.sock.
  ///   - time: the time limit of a call.
  ///   - group: the event loops of the connection.
  public init(socket: String, within time: Duration = .seconds(5), on group: any EventLoopGroup)
    throws(RuntimeError)
  {
    var config = Transport.Config.defaults
    // The runtime refuses the path of a socket as an authority.
    config.http2.authority = "localhost"
    config.backoff.max = .seconds(5)
    do {
      client = GRPCClient(
        transport: try .http2NIOPosix(
          target: .unixDomainSocket(path: socket), transportSecurity: .plaintext, config: config,
          eventLoopGroup: group))
    } catch {
      throw RuntimeError("cannot use the socket \(socket) of the container runtime: \(error)")
    }
    stub = Stub(wrapping: client)
    var options = CallOptions.defaults
    options.timeout = time
    options.waitForReady = false
    options.maxResponseMessageBytes = Self.maximumMessage
    self.options = options
  }

  /// The maximum number of bytes of a message: that of the kubelet.
  private static let maximumMessage = 16 << 20

  /// Keeps the connection until ``close()`` or the end of the task.
  public func run() async throws {
    try await client.runConnections()
  }

  /// Closes the connection after the calls in progress.
  public func close() {
    client.beginGracefulShutdown()
  }

  public func version() async throws(RuntimeError) -> RuntimeVersion {
    let answer = try await call("Version") { stub, options in
      try await stub.version(.init(), options: options)
    }
    return RuntimeVersion(name: answer.runtimeName, version: answer.runtimeVersion)
  }

  public func readySandboxes() async throws(RuntimeError) -> [PodSandbox] {
    let ready = Runtime_V1_ListPodSandboxRequest.with { $0.filter.state.state = .sandboxReady }
    let answer = try await call("ListPodSandbox") { stub, options in
      try await stub.listPodSandbox(ready, options: options)
    }
    return answer.items.map(PodSandbox.init)
  }

  public func network(ofSandbox id: String) async throws(RuntimeError) -> SandboxNetwork {
    let request = Runtime_V1_PodSandboxStatusRequest.with {
      $0.podSandboxID = id
      $0.verbose = true
    }
    let answer = try await call("PodSandboxStatus") { stub, options in
      try await stub.podSandboxStatus(request, options: options)
    }
    return SandboxNetwork(answer)
  }

  public func containers(ofSandbox id: String) async throws(RuntimeError) -> [PodContainer] {
    let request = Runtime_V1_ListContainersRequest.with { $0.filter.podSandboxID = id }
    let answer = try await call("ListContainers") { stub, options in
      try await stub.listContainers(request, options: options)
    }
    var containers: [PodContainer] = []
    for container in answer.containers.prefix(Self.maximumContainers) {
      containers.append(try await status(of: container))
    }
    return containers
  }

  /// The maximum number of containers of a sandbox that are read.
  private static let maximumContainers = 64

  private func status(of container: Runtime_V1_Container) async throws(RuntimeError) -> PodContainer {
    let request = Runtime_V1_ContainerStatusRequest.with {
      $0.containerID = container.id
      $0.verbose = true
    }
    let answer = try await call("ContainerStatus") { stub, options in
      try await stub.containerStatus(request, options: options)
    }
    return PodContainer(answer)
  }

  public func watch(_ onChange: @escaping @Sendable () async -> Void) async throws(RuntimeError) {
    do {
      var options = options
      options.timeout = nil
      try await stub.getContainerEvents(.init(), options: options) { response in
        for try await _ in response.messages { await onChange() }
      }
    } catch {
      throw RuntimeError("GetContainerEvents", error)
    }
  }

  private func call<Answer: Sendable>(
    _ name: String, _ body: (Stub, CallOptions) async throws -> Answer
  ) async throws(RuntimeError) -> Answer {
    do {
      return try await body(stub, options)
    } catch {
      throw RuntimeError(name, error)
    }
  }
}

extension RuntimeError {
  /// - Parameters:
  ///   - call: the name of the call.
  ///   - error: the error of the transport or the runtime.
  fileprivate init(_ call: String, _ error: any Error) {
    guard let error = error as? RPCError else {
      self.init("\(call): \(error)")
      return
    }
    self.init("\(call): \(error.code): \(error.message.prefix(300))", isNotFound: error.code == .notFound)
  }
}
