import LocalSocket
import SystemPackage

/// The calls of the Container Runtime Interface (runtime.v1) that find a pod, one connection for each.
///
/// It needs no library for gRPC, HTTP/2 or Protocol Buffers, so that the tool stays one small static executable. The node
/// agent, which keeps a connection and follows events, uses gRPC's own.
public struct RuntimeClient: Sendable {
  private let socket: String
  private let time: Duration

  /// The maximum number of containers of a sandbox that are read.
  private static let maximumContainers = 64

  /// - Parameters:
  ///   - socket: the path of the runtime's Unix socket.
  ///   - time: the time limit of a call.
  public init(socket: String, within time: Duration = .seconds(5)) {
    self.socket = socket
    self.time = time
  }

  /// Returns the sandboxes that are ready.
  public func readySandboxes() throws(RuntimeProblem) -> [RuntimeSandbox] {
    // The state SANDBOX_READY is 0, the value of an absent field.
    var (filter, request) = (ProtobufMessage(), ProtobufMessage())
    filter.set(2, ProtobufMessage())
    request.set(1, filter)
    return try call("ListPodSandbox", request).messages(1).map(RuntimeSandbox.init)
  }

  /// Returns the network of a sandbox.
  public func network(of sandbox: RuntimeSandbox) throws(RuntimeProblem) -> RuntimeNetwork {
    RuntimeNetwork(try call("PodSandboxStatus", Self.status(of: sandbox.id)))
  }

  /// Returns the containers of a sandbox, those that have ended included.
  public func containers(of sandbox: RuntimeSandbox) throws(RuntimeProblem) -> [RuntimeContainer] {
    var (filter, request) = (ProtobufMessage(), ProtobufMessage())
    filter.set(3, sandbox.id)
    request.set(1, filter)
    var containers: [RuntimeContainer] = []
    for container in try call("ListContainers", request).messages(1).prefix(Self.maximumContainers) {
      containers.append(
        RuntimeContainer(try call("ContainerStatus", Self.status(of: container.text(1)))))
    }
    return containers
  }

  /// The request of a verbose status.
  private static func status(of id: String) -> ProtobufMessage {
    var request = ProtobufMessage()
    request.set(1, id)
    request.set(2, 1)
    return request
  }

  private func call(_ method: String, _ request: ProtobufMessage) throws(RuntimeProblem) -> ProtobufMessage {
    var call = UnaryCall(method, request.bytes)
    let answer = try exchange(&call)
    guard let message = ProtobufMessage(answer) else { throw .unreadable(method) }
    return message
  }

  /// Sends the request and reads until the answer is complete, the connection ends, or the time is over.
  private func exchange(_ call: inout UnaryCall) throws(RuntimeProblem) -> [UInt8] {
    let connection = try Self.reaching { () throws(Errno) in try LocalSocket(socket, within: time) }
    var next = call.opening
    while call.answer == nil {
      if !next.isEmpty { try Self.reaching { () throws(Errno) in try connection.write(next) } }
      let part = try Self.reaching { () throws(Errno) in try connection.read() }
      guard !part.isEmpty else { throw .notHTTP2 }
      next = try call.receive(part)
    }
    return call.answer ?? []
  }

  private static func reaching<Success: ~Copyable>(
    _ body: () throws(Errno) -> Success
  ) throws(RuntimeProblem) -> Success {
    do {
      return try body()
    } catch {
      throw .unreachable(error)
    }
  }
}
