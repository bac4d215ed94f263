import CRIInterface
import ContainerRuntime
import FoundationEssentials
import NIOPosix
import SwiftProtobuf
import Synchronization
import Testing

@Suite struct CRIClientTests {
  private let path = "/tmp/node-agent-\(UUID().uuidString.prefix(8)).sock"

  private func sandbox(_ id: String, ready: Bool = true) -> Runtime_V1_PodSandbox {
    .with {
      $0.id = id
      $0.metadata.name = "web"
      $0.metadata.namespace = "shop"
      $0.metadata.uid = "u-\(id)"
      $0.state = ready ? .sandboxReady : .sandboxNotready
      $0.annotations = [
        "sidecar.istio.io/status": "{}", "kubectl.kubernetes.io/last-applied-configuration": "{}",
      ]
    }
  }

  private func status(_ info: String, _ mode: Runtime_V1_NamespaceMode = .pod)
    -> Runtime_V1_PodSandboxStatusResponse
  {
    .with {
      $0.status.network.ip = "10.0.0.7"
      $0.status.network.additionalIps = [.with { $0.ip = "fd00::7" }]
      $0.status.linux.namespaces.options.network = mode
      $0.info = ["info": info]
    }
  }

  @Test func onlyReadySandboxesAreListed() async throws {
    let stub = StubRuntime(sandboxes: [sandbox("one"), sandbox("two", ready: false)])
    try await stub.serving(at: path) { client in
      let found = try await client.readySandboxes()
      #expect(found.map(\.id) == ["one"])
      #expect(found.first?.pod == "shop/web")
      #expect(found.first?.annotations == ["sidecar.istio.io/status": "{}"])
    }
  }

  @Test func theVerboseStatusNamesTheNetworkNamespace() async throws {
    let info =
      #"{"pid":42,"runtimeSpec":{"linux":{"namespaces":[{"type":"pid"},{"type":"network","path":"/run/netns/x"}]}}}"#
    let stub = StubRuntime(status: [
      "pod": status(info), "host": status(info, .node), "odd": status("[1]"), "own": status("{}"),
    ])
    try await stub.serving(at: path) { client in
      let pod = SandboxNamespace(path: "/run/netns/x", process: 42, addresses: ["10.0.0.7", "fd00::7"])
      #expect(try await client.network(ofSandbox: "pod") == .pod(pod))
      #expect(try await client.network(ofSandbox: "host") == .host)
      for unreadable in ["odd", "own"] {
        guard case .unknown = try await client.network(ofSandbox: unreadable) else {
          Issue.record("\(unreadable) must be unknown")
          continue
        }
      }
      let error = await #expect(throws: RuntimeError.self) { try await client.network(ofSandbox: "gone") }
      #expect(error?.isNotFound == true)
    }
  }

  @Test func containersHaveTheirVariablesAndUser() async throws {
    let info =
      #"{"runtimeSpec":{"process":{"args":["pilot-agent","proxy","sidecar"],"env":["A=1","A=2","B"],"user":{"uid":1337,"gid":1338}}}}"#
    let stub = StubRuntime(containers: [
      .with {
        $0.status.id = "c"
        $0.status.metadata.name = "istio-proxy"
        $0.status.state = .containerRunning
        $0.info = ["info": info]
      }
    ])
    try await stub.serving(at: path) { client in
      let container = try #require(try await client.containers(ofSandbox: "s").first)
      #expect(container.name == "istio-proxy" && container.isRunning)
      #expect(container.environment == ["A": "2"])
      #expect(container.user == 1337 && container.group == 1338)
    }
  }

  @Test func everyEventCallsTheBody() async throws {
    let calls = Mutex(0)
    try await StubRuntime(sandboxes: [sandbox("one"), sandbox("two")]).serving(at: path) { client in
      try await client.watch { calls.withLock { $0 += 1 } }
    }
    #expect(calls.withLock { $0 } == 2)
  }

  @Test func aMissingSocketIsAnError() async throws {
    let client = try CRIClient(
      socket: "/nonexistent/cri.sock", within: .milliseconds(300), on: .singletonMultiThreadedEventLoopGroup)
    let connection = Task { try await client.run() }
    await #expect(throws: RuntimeError.self) { try await client.readySandboxes() }
    client.close()
    connection.cancel()
  }

  @Test(arguments: [
    ("containerd", "v2.1.0", true), ("containerd", "2.10.3", true), ("containerd", "1.7.24", false),
    ("containerd", "2.0.5", false), ("cri-o", "1.31.0", false), ("containerd", "", false),
  ])
  func eventsAreReadWhereEverySubscriberGetsThem(name: String, version: String, broadcasts: Bool) {
    #expect(RuntimeVersion(name: name, version: version).broadcastsEvents == broadcasts)
  }
}
