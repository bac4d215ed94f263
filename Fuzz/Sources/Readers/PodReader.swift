import Intercept
import Manifests

/// A pod's manifest: its options, the rules that they build, and the listeners of its proxy.
enum PodReader: FuzzedReader {
  static let name = "pod"

  static func check(_ input: [UInt8]) {
    var list = ObjectList()
    list.add(input, file: nil)
    do {
      let pod = try list.podOptions(named: nil, in: MeshValues())
      pod.warnings.forEach { Oracle.expectVisible($0, input) }
      var reader = OptionReader(Options(manifest: pod.given, for: .print))
      let configuration = Configuration(reading: &reader, facts: UnknownHost())
      try reader.finish()
      _ = RulesetBuilder.build(configuration).map { $0.saveText() }
      let listeners = ProxyListeners(
        list, for: pod, values: MeshValues(), release: nil, rules: configuration)
      EnvoyReader.check(listeners.configuration, EnvoyResourceTable(), input)
    } catch {
      Oracle.expectMessage(error, input)
    }
  }
}
