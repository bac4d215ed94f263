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
  private let source: (any PodSource)?
  private let log: Logger

  /// - Parameter source: a source of pods that the runtime does not know yet; nil without one.
  public init(
    _ table: PodTable, _ runtime: any ContainerRuntime, _ source: (any PodSource)?, _ log: Logger
  ) {
    self.table = table
    self.runtime = runtime
    self.source = source
    self.log = log
  }

  public var router: Router<BasicRequestContext> {
    let router = Router(context: BasicRequestContext.self)
    router.get("/v1/pod") { request, _ in await pod(request) }
    router.post("/v1/log") { request, _ in await log(request) }
    return router
  }

  /// Answers `?id=SANDBOX`, or `?namespace=NS&name=NAME`; the name alone counts for a pod of the source.
  private func pod(_ request: Request) async -> Response {
    let query = request.uri.queryParameters
    func value(_ name: String) -> String { query[Substring(name)].map(String.init) ?? "" }
    do {
      guard
        let answer = try await answer(id: value("id"), namespace: value("namespace"), name: value("name"))
      else { return .text("no such pod\n", .notFound) }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let text = String(decoding: try encoder.encode(answer), as: UTF8.self)
      return .text(text, type: "application/json")
    } catch {
      return .text("\("\(error)".onOneLine)\n", .serviceUnavailable)
    }
  }

  /// Returns the facts of a pod from the runtime or, as long as that does not know it, from the source.
  func answer(id: String, namespace: String, name: String) async throws -> PodAnswer? {
    if let entry = await entry(id: id, namespace: namespace, name: name) {
      let id = entry.sandbox.id
      let network = if let known = entry.network { known } else { try await runtime.network(ofSandbox: id) }
      return PodAnswer(entry, network, try await runtime.containers(ofSandbox: id))
    }
    guard let pod = try await source?.pod(namespace: namespace, name: name) else { return nil }
    return PodAnswer(PodTable.Entry(sandbox: pod.sandbox), .unknown("it has no sandbox yet"), pod.containers)
  }

  /// Finds a pod among the known ones, else among those that the runtime has now.
  ///
  /// With an id the name does not count: a pod that is replaced has the name of the pod before it.
  private func entry(id: String, namespace: String, name: String) async -> PodTable.Entry? {
    let known =
      id.isEmpty ? await table.entry(namespace: namespace, name: name) : await table[id]
    if let known { return known }
    guard let sandboxes = try? await runtime.readySandboxes() else { return nil }
    let found = sandboxes.first {
      id.isEmpty ? $0.namespace == namespace && $0.name == name : $0.id == id
    }
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
