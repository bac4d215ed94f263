import ContainerRuntime
import Logging
import Synchronization
import Testing

@testable import NodeAgent

/// Pods of the API server in memory.
private struct StubSource: PodSource {
  func pod(namespace: String, name: String) async throws -> (sandbox: PodSandbox, containers: [PodContainer])?
  {
    guard name == "web" else { return nil }
    let proxy = PodContainer(
      name: "istio-proxy", isRunning: false, arguments: ["proxy", "sidecar"],
      environment: ["ISTIO_META_DNS_CAPTURE": "true", "SECRET": "x"], user: 1337)
    return (PodSandbox(id: "", namespace: namespace, name: name, uid: "new", labels: ["a": "b"]), [proxy])
  }
}

/// The answers to questions about pods.
@Suite struct PodAnswerTests {
  private let node = StubNode()
  private let table = PodTable()

  private func routes(_ source: (any PodSource)?) -> SocketRoutes {
    SocketRoutes(table, node, source, Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  @Test func aPodWithoutASandboxIsReadFromTheSource() async throws {
    let answer = try #require(await routes(StubSource()).answer(id: "new", namespace: "shop", name: "web"))
    #expect(answer.uid == "new" && answer.labels == ["a": "b"] && answer.networkNamespace == nil)
    #expect(answer.proxy?.environment == ["ISTIO_META_DNS_CAPTURE": "true"])
    #expect(answer.proxy?.user == 1337 && answer.proxy?.type == "sidecar")
    #expect(try await routes(StubSource()).answer(id: "", namespace: "shop", name: "other")?.uid == nil)
    #expect(try await routes(nil).answer(id: "new", namespace: "shop", name: "web")?.uid == nil)
  }

  @Test func theSandboxBeforeAReplacedPodIsNotItsAnswer() async throws {
    node.change { $0.sandboxes = [PodSandbox(id: "old", namespace: "shop", name: "web", uid: "old")] }
    _ = await table.update(node.state.withLock { $0.sandboxes })
    #expect(try await routes(nil).answer(id: "new", namespace: "shop", name: "web")?.uid == nil)
    #expect(try await routes(nil).answer(id: "old", namespace: "shop", name: "web")?.uid == "old")
    #expect(try await routes(nil).answer(id: "", namespace: "shop", name: "web")?.uid == "old")
  }
}
