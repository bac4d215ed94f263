import CNIPlugin
import Intercept
import JSONText

/// The input of the CNI plugin: the network configuration on standard input, and after a NUL the agent's answer.
enum PluginReader: FuzzedReader {
  static let name = "cni"

  static func check(_ input: [UInt8]) {
    let parts = input.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map(Array.init)
    for operation in CNIOperation.allCases {
      var run = PluginRun(on: Node(answer: parts.count > 1 ? parts[1] : nil))
      let answer = run.answer(environment: { variable($0, operation) }, input: parts[0])
      for message in run.messages { checkMessage(message.text, input) }
      if answer.status != 0 { checkMessage(answer.text, input) }
      Oracle.expect(
        answer.text.isEmpty || (try? JSONReader.document(Array(answer.text.utf8))) != nil,
        "an answer that is no JSON", input, output: answer.text)
    }
  }

  private static func checkMessage(_ text: String, _ input: [UInt8]) {
    Oracle.expect(text.utf8.count < 1 << 14, "a message of \(text.utf8.count) bytes", input)
    Oracle.expectVisible(text, input)
  }

  private static func variable(_ name: String, _ operation: CNIOperation) -> String? {
    switch name {
    case "CNI_COMMAND": operation.rawValue
    case "CNI_CONTAINERID": "c"
    case "CNI_NETNS": "/var/run/netns/c"
    case "CNI_IFNAME": "eth0"
    case "CNI_ARGS": "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web"
    default: nil
    }
  }
}

/// A node without kernel, whose agent gives one answer.
private struct Node: PluginHost {
  let answer: [UInt8]?

  func facts(ofNamespace path: String) -> any HostFacts { UnknownHost() }
  func ask(_ request: String, at socket: String) -> [UInt8]? { answer }
  func checkKernel() throws(CNIError) {}

  func install(_ rules: PodRules, inNamespace path: String) throws(CNIError) -> [String] {
    RulesetBuilder.build(rules.configuration).map { $0.saveText() }
  }

  func differences(from rules: PodRules, inNamespace path: String) throws(CNIError) -> [String] {
    rules.warnings
  }
}
