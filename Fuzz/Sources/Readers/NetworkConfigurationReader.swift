import NodeInstallation

/// The network configuration of a node's container runtime, to which an entry is added.
enum NetworkConfigurationReader: FuzzedReader {
  static let name = "cni-config"

  static func check(_ input: [UInt8]) {
    guard let configuration = NetworkConfiguration(input) else { return }
    let text = configuration.adding(NodeSettings())
    let output = String(decoding: text, as: UTF8.self)
    guard let added = NetworkConfiguration(text) else {
      return Oracle.expect(false, "a configuration that cannot be read", input, output: output)
    }
    Oracle.expect(added.hasEntry, "no entry was added", input, output: output)
    guard configuration.isList, !configuration.hasEntry else { return }
    Oracle.expect(
      added.removingEntry().text == configuration.text, "the removal does not restore the text", input,
      output: output)
  }
}
