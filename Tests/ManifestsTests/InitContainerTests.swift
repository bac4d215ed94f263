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

  /// Init containers of any name, and scripts.
  @Test(arguments: [
    #""command": ["sh", "-c", "istio-iptables -p 15101 -b 80 -u 7"]"#,
    #""command": ["/bin/sh", "-ec"], "args": ["set -x; exec pilot-agent istio-iptables -p '15101' -b \"80\" -u 7 && echo done"]"#,
    ##""command": ["bash", "-c", "# istio-iptables -p 1\nistio-iptables -p 15101 \\\n -b 80 -u 7 | cat"]"##,
    #""command": ["pilot-agent", "istio-iptables", "-p", "15101", "-b", "80", "-u", "7"]"#,
    #""command": ["sh", "-c", "istio-iptables -p ${PORT} -b 80 -u $U"], "env": [{"name": "PORT", "value": "15101"}, {"name": "U", "value": "7"}]"#,
    #""command": ["istio-iptables"], "args": ["-p", "$(PORT)", "-b", "80", "-u", "7"], "env": [{"name": "PORT", "value": "15101"}]"#,
  ])
  func commandsOfAnyInitContainer(_ words: String) throws {
    for name in ["istio-init", "setup"] {
      let list = try ObjectList(
        pod(spec: #"{"initContainers": [{"name": "\#(name)", \#(words)}], "containers": []}"#))
      let options = try list.options()
      #expect(options[.envoyPort] == "15101" && options[.inboundPorts] == "80" && options[.proxyUID] == "7")
      #expect(options.count == 3)
    }
  }

  @Test func assignmentsInScripts() throws {
    let script = "INVALID_DROP=true istio-iptables -p 15101"
    let list = try ObjectList(
      pod(
        spec: #"{"initContainers": [{"name": "a", "command": ["sh", "-c", "\#(script)"]}], "containers": []}"#
      ))
    #expect(try list.options() == [.envoyPort: "15101", .dropInvalid: "true"])
  }

  @Test(arguments: [
    #"["sh", "-c", "echo istio-iptables-save"]"#, #"["sh", "istio-iptables.sh"]"#,
    #"["echo", "x/istio-iptables/y"]"#,
    #"["sh", "-c", "'"]"#, #"["sh", "-c"]"#, "[]",
  ])
  func otherInitContainers(_ command: String) throws {
    let list = try ObjectList(
      pod(spec: #"{"initContainers": [{"name": "a", "command": \#(command)}], "containers": []}"#))
    #expect(try list.options()[.inboundPorts] == "*")
  }

  @Test func commandsOfAppsAreNotRead() throws {
    let list = try ObjectList(
      pod(spec: #"{"containers": [{"name": "a", "command": ["istio-iptables", "-b", "80"]}]}"#))
    #expect(try list.options()[.inboundPorts] == "*")
  }
}
