import Intercept
import SystemPackage
import Testing

@testable import RuntimeClient

/// Messages of the CRI as containerd and CRI-O fill them.
struct RuntimeMessageTests {
  private func message(_ fields: (UInt64, String)...) -> ProtobufMessage {
    fields.reduce(into: ProtobufMessage()) { $0.set($1.0, $1.1) }
  }

  private func status(info: String, network mode: UInt64 = 0) throws -> RuntimeNetwork {
    var (address, option, namespace, linux) = (
      message((1, "10.0.0.7")), ProtobufMessage(), ProtobufMessage(), ProtobufMessage()
    )
    address.set(2, message((1, "fd00::7")))
    option.set(1, mode)
    namespace.set(2, option)
    linux.set(1, namespace)
    var (status, answer) = (ProtobufMessage(), ProtobufMessage())
    status.set(5, address)
    status.set(6, linux)
    answer.set(1, status)
    answer.set(2, message((1, "info"), (2, info)))
    return RuntimeNetwork(try #require(ProtobufMessage(answer.bytes)))
  }

  @Test func theNetworkIsRead() throws {
    let network = try status(
      info: """
        {"pid":4711,"runtimeSpec":{"linux":{"namespaces":[{"type":"pid"},
        {"type":"network","path":"/var/run/netns/cni-1"}]}}}
        """)
    #expect(!network.isOfNode && network.process == 4711 && network.path == "/var/run/netns/cni-1")
    #expect(network.addresses == ["10.0.0.7", "fd00::7"].compactMap { IPAddress($0) })
  }

  @Test(arguments: [
    "", "{", "[]", #"{"pid":0}"#, #"{"pid":99999999999}"#, #"{"runtimeSpec":{"linux":{"namespaces":{}}}}"#,
    #"{"pid":"4711","runtimeSpec":{"linux":{"namespaces":[{"type":"network","path":""}]}}}"#,
  ])
  func aStatusWithoutNamespaceNamesNone(info: String) throws {
    let network = try status(info: info)
    #expect(network.process == nil && network.path == nil)
  }

  @Test func theNetworkOfTheNodeIsRecognised() throws {
    #expect(try status(info: "{}", network: 2).isOfNode)
    #expect(try !status(info: "{}", network: 3).isOfNode)
  }

  @Test func theProxyIsRead() throws {
    var (status, answer) = (ProtobufMessage(), ProtobufMessage())
    status.set(2, message((1, "istio-proxy")))
    answer.set(1, status)
    let info = """
      {"runtimeSpec":{"process":{"args":["/usr/local/bin/pilot-agent","proxy","router","--x"],
      "env":["A=1","B=x=y","A=2","C"],"user":{"uid":1337,"gid":1338}}}}
      """
    answer.set(2, message((1, "info"), (2, info)))
    let container = RuntimeContainer(try #require(ProtobufMessage(answer.bytes)))
    #expect(container.name == "istio-proxy" && container.proxyType == "router")
    #expect(container.environment == ["A": "2", "B": "x=y"])
    #expect(container.user == 1337 && container.group == 1338)
  }

  @Test func aSandboxHasItsAnnotations() throws {
    var sandbox = message((1, "id"))
    sandbox.set(2, message((1, "web"), (2, "uid"), (3, "shop")))
    sandbox.set(5, message((1, "app"), (2, "web")))
    sandbox.set(6, message((1, "a"), (2, "1")))
    sandbox.set(6, message((1, "b"), (2, "")))
    let read = RuntimeSandbox(try #require(ProtobufMessage(sandbox.bytes)))
    #expect(read.id == "id" && read.namespace == "shop" && read.name == "web")
    #expect(read.labels == ["app": "web"] && read.annotations == ["a": "1", "b": ""])
  }

  @Test func aSocketWithoutRuntimeIsUnreachable() {
    let error = #expect(throws: RuntimeProblem.self) {
      try RuntimeClient(socket: "/nonexistent/containerd.sock").readySandboxes()
    }
    #expect(error == .unreachable(.noSuchFileOrDirectory))
  }
}
