import Intercept
import Manifests
import RuleCommands

/// The source of a proxy's listeners: Envoy's configuration, or the objects that Istio makes it of.
struct ListenerSource {
  /// Files with the proxy's configuration, which complete each other.
  let envoyConfig: [String]
  let listenersFrom: String?

  /// True if listeners are given.
  var isGiven: Bool { !envoyConfig.isEmpty || listenersFrom != nil }

  var readsStandardInput: Bool { envoyConfig.contains("-") || listenersFrom == "-" }

  init(reading reader: inout OptionReader, _ pod: PodSource) {
    envoyConfig = reader.texts(.envoyConfig)
    listenersFrom = reader.text(.listenersFrom)
    if !envoyConfig.isEmpty, listenersFrom != nil {
      reader.complain(OptionProblem("--envoy-config and --listeners-from exclude each other"))
    }
    if listenersFrom != nil, envoyConfig.isEmpty, pod.file == nil {
      reader.complain(
        OptionProblem("--listeners-from makes the listeners of a pod's proxy; give the pod with --pod"))
    }
  }

  /// Reads the objects of `--listeners-from`; nil without that option.
  func objects() throws -> ObjectList? {
    try listenersFrom.map { try ManifestInput([$0]).readWithWarnings() }
  }

  /// Reads the listeners; nil if none are given.
  func read(_ settings: Settings, _ source: PodSource) throws -> Proxy? {
    try read(settings, source, objects())
  }

  /// Reads the listeners, or makes them from objects; nil if none are given.
  func read(_ settings: Settings, _ source: PodSource, _ objects: ObjectList?) throws -> Proxy? {
    if !envoyConfig.isEmpty { return try EnvoyFile.read(envoyConfig, settings.configuration) }
    guard let objects, let pod = settings.pod else { return nil }
    let made = ProxyListeners(
      objects, for: pod,
      values: try MeshValues(file: source.meshValues), release: settings.givenRelease,
      rules: settings.configuration)
    made.warnings.forEach(Console.warn)
    return Proxy(made)
  }
}
