import Intercept
import JSONText

@testable import CNIPlugin

/// A node without kernel: it records the rules that would be installed.
final class FakeNode: PluginHost {
  var installed: [PodRules] = []
  var asked: [String] = []
  /// The agent's answer as JSON; nil if no agent runs.
  var agentAnswer: String?
  var liveDifferences: [String] = []
  var kernelProblem: CNIError?

  struct Facts: HostFacts {
    func user(named name: String) -> UserID? { nil }
    func group(named name: String) -> GroupID? { nil }
    func nameservers() throws -> [IPAddress] { [] }
    func usesIPv6(pastFirst: Bool) throws -> Bool { pastFirst }
  }

  func facts(ofNamespace path: String) -> any HostFacts { Facts() }

  func ask(_ request: String, at socket: String) -> [UInt8]? {
    asked.append(request)
    return agentAnswer.map { Array("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n\($0)".utf8) }
  }

  func install(_ rules: PodRules, inNamespace path: String) throws(CNIError) -> [String] {
    installed.append(rules)
    return ["done"]
  }

  func differences(from rules: PodRules, inNamespace path: String) throws(CNIError) -> [String] {
    liveDifferences
  }

  func checkKernel() throws(CNIError) {
    if let kernelProblem { throw kernelProblem }
  }
}

/// A request of the runtime for the pod testNS/testPod.
struct SampleRequest {
  var operation = "ADD"
  var namespace = "testNS"
  var name = "testPod"
  var version = "1.0.0"
  /// The value of the annotations' key as JSON; nil to leave it out.
  var annotations: String? = "{}"
  /// Further members of the configuration: `,"ambient_enabled":true`.
  var more = ""
  var previousResult: String? =
    #"{"cniVersion":"1.0.0","interfaces":[{"name":"eth0"}],"ips":[{"version":"4","address":"10.0.0.2/24"}]}"#
  var variables: [String: String] = [:]

  init(_ annotations: [String: String], more: String = "") {
    self.annotations =
      "{" + annotations.map { "\($0.key.jsonString):\($0.value.jsonString)" }.joined(separator: ",") + "}"
    self.more = more
  }

  init(_ operation: String = "ADD") { self.operation = operation }

  var input: [UInt8] {
    let runtime = annotations.map {
      #","runtimeConfig":{"io.kubernetes.cri.pod-annotations":\#($0)}"#
    }
    let result = previousResult.map { #","prevResult":\#($0)"# }
    return Array(
      (#"{"cniVersion":"\#(version)","name":"net","type":"istio-cni-swift","exclude_namespaces":["testExcludeNS"]"#
        + more + (runtime ?? "") + (result ?? "") + "}").utf8)
  }

  func run(on node: FakeNode = FakeNode()) -> (answer: PluginRun.Answer, run: PluginRun) {
    var environment = [
      "CNI_COMMAND": operation, "CNI_CONTAINERID": "testContainerID", "CNI_NETNS": "/tmp/ns",
      "CNI_IFNAME": "eth0", "CNI_PATH": "/opt/cni/bin",
      "CNI_ARGS": "IgnoreUnknown=1;K8S_POD_NAMESPACE=\(namespace);K8S_POD_NAME=\(name)",
    ]
    environment.merge(variables) { $1 }
    var run = PluginRun(on: node)
    let answer = run.answer(environment: { environment[$0] }, input: input)
    return (answer, run)
  }
}

/// The injector's record in the annotation `sidecar.istio.io/status`.
let injected = #"{"initContainers":["istio-validation"],"containers":["istio-proxy"],"revision":"default"}"#
