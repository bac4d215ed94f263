import Intercept
import Manifests
import Testing

/// The options in an init container's command and arguments.
struct InitContainerTests {
  @Test(arguments: [
    #""command": ["istio-iptables", "-p", "15101", "-b", "80", "-u", "7"]"#,
    #""command": ["/usr/local/bin/pilot-agent", "istio-iptables", "-p", "15101", "-b", "80"], "args": ["-u", "7"]"#,
    #""command": ["/usr/local/bin/istio-iptables", "-p", "15101"], "args": ["-b", "80", "-u", "7"]"#,
    #""command": ["/usr/local/bin/pilot-agent"], "args": ["istio-iptables", "-p", "15101", "-b", "80", "-u", "7"]"#,
    #""args": ["istio-iptables", "-p", "15101", "-b", "80", "-u", "7"]"#,
    #""args": ["-p", "15101", "-b", "80", "-u", "7"]"#,
  ])
  func commandAndArguments(_ words: String) throws {
    let list = try ObjectList(
      pod(spec: #"{"initContainers": [{"name": "istio-init", \#(words)}], "containers": []}"#))
    #expect(try list.options() == [.envoyPort: "15101", .inboundPorts: "80", .proxyUID: "7"])
    #expect(try list.podOptions(named: nil, in: MeshValues()).warnings == [])
  }

  @Test func commandsOfAppsAreNotRead() throws {
    let list = try ObjectList(
      pod(spec: #"{"containers": [{"name": "a", "command": ["istio-iptables", "-b", "80"]}]}"#))
    #expect(try list.options()[.inboundPorts] == "*")
  }
}
