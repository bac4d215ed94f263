public import ContainerRuntime
import FoundationEssentials
import HTTPTypes
public import Hummingbird
public import Logging
import NIOCore
public import PrometheusExposition

/// The HTTP interface for probes and Prometheus: `/healthz`, `/readyz`, `/metrics`.
public func probeRoutes(_ health: Health, _ registry: PrometheusRegistry) -> Router<BasicRequestContext> {
  let router = Router(context: BasicRequestContext.self)
  router.get("/healthz") { _, _ in
    await health.isAlive
      ? Response.text("ok\n") : .text("no pass over the pods for too long\n", .serviceUnavailable)
  }
  router.get("/readyz") { _, _ in
    let reason = await health.reason
    return reason.map { .text("\($0.onOneLine)\n", .serviceUnavailable) } ?? Response.text("ok\n")
  }
  router.get("/metrics") { _, _ in Response.text(registry.text, type: PrometheusRegistry.contentType) }
  return router
}

/// The HTTP interface on the Unix socket, for the plugin and the tools of the node: `GET /v1/pod`, `POST /v1/log`.
public struct SocketRoutes: Sendable {
  private let table: PodTable
  private let runtime: any ContainerRuntime
  private let log: Logger

  public init(_ table: PodTable, _ runtime: any ContainerRuntime, _ log: Logger) {
    self.table = table
    self.runtime = runtime
    self.log = log
  }

  public var router: Router<BasicRequestContext> {
    let router = Router(context: BasicRequestContext.self)
    router.get("/v1/pod") { request, _ in await pod(request) }
    router.post("/v1/log") { request, _ in await log(request) }
    return router
  }

  /// Answers `?id=SANDBOX`, or `?namespace=NS&name=NAME`.
  private func pod(_ request: Request) async -> Response {
    let query = request.uri.queryParameters
    func value(_ name: String) -> String { query[Substring(name)].map(String.init) ?? "" }
    guard let entry = await entry(id: value("id"), namespace: value("namespace"), name: value("name")) else {
      return .text("no such pod\n", .notFound)
    }
    do {
      let id = entry.sandbox.id
      let network = if let known = entry.network { known } else { try await runtime.network(ofSandbox: id) }
      let answer = PodAnswer(entry, network, try await runtime.containers(ofSandbox: id))
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let text = String(decoding: try encoder.encode(answer), as: UTF8.self)
      return .text(text, type: "application/json")
    } catch {
      return .text("\("\(error)".onOneLine)\n", .serviceUnavailable)
    }
  }

  /// Finds a pod among the known ones, else among those that the runtime has now.
  private func entry(id: String, namespace: String, name: String) async -> PodTable.Entry? {
    if let entry = await table[id] { return entry }
    if let entry = await table.entry(namespace: namespace, name: name) { return entry }
    guard let sandboxes = try? await runtime.readySandboxes() else { return nil }
    let found = sandboxes.first { $0.id == id || $0.namespace == namespace && $0.name == name }
    return found.map { PodTable.Entry(sandbox: $0) }
  }

  /// Adds a line of the plugin's log to the agent's.
  private func log(_ request: Request) async -> Response {
    guard let body = try? await request.body.collect(upTo: Self.maximumLine) else {
      return .text("a line of the log has at most \(Self.maximumLine) bytes\n", .contentTooLarge)
    }
    log.info("plugin", metadata: ["line": "\(String(buffer: body).onOneLine)"])
    return Response(status: .noContent)
  }

  private static let maximumLine = 16384
}

extension Response {
  /// A response with a text.
  fileprivate static func text(
    _ text: String, _ status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
  ) -> Response {
    Response(
      status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
