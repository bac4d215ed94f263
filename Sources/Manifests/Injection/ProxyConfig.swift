import Intercept

/// The settings of a proxy that matter here: those of the mesh, and over them those of the annotation
/// `proxy.istio.io/config`.
struct ProxyConfig: Sendable {
  static let annotation = "proxy.istio.io/config"

  private(set) var interceptionMode: FoundValue?
  /// What the mesh's values say of holding goes beside what the proxy's settings say, and not below it.
  private let isHeldByValues: Bool
  private var isHeldBySettings: Bool
  /// The variables of the proxy, which Istio's init container has as well.
  private(set) var metadata: [String: FoundValue] = [:]
  /// What in the annotation is of another kind than the proxy's settings have it: the injector refuses such a pod.
  private(set) var refusals: [String] = []

  /// - Throws: `ManifestError` where the annotation cannot be read.
  init(_ mesh: MeshValues, _ pod: Pod) throws(ManifestError) {
    for (name, value) in mesh.proxyMetadata {
      metadata[name] = FoundValue(text: value, source: .meshValues("meshConfig.defaultConfig.proxyMetadata"))
    }
    interceptionMode = mesh.found(.interceptionMode).map(Self.spellingMode)
    isHeldByValues = mesh.isTrue(.holdApplicationUntilProxyStarts)
    isHeldBySettings = mesh.isTrue(.holdApplicationByDefault)
    guard let text = pod.annotations[Self.annotation] else { return }
    do {
      apply(try YAMLReader.read(text))
    } catch {
      throw ManifestError("\(pod.object): annotation \(Self.annotation): line \(error.line) \(error.text)")
    }
  }

  /// Whether the app waits for the proxy.
  var holdsApplication: Bool { isHeldByValues || isHeldBySettings }

  private mutating func apply(_ config: YAMLValue) {
    guard case .map = config else { return refusals.append("\(Self.annotation): must be a map of settings") }
    if let mode = (config["interceptionMode"] ?? config["interception_mode"])?.text, !mode.isEmpty {
      interceptionMode = Self.spellingMode(FoundValue(text: mode, source: .annotation(Self.annotation)))
    }
    let hold = config["holdApplicationUntilProxyStarts"] ?? config["hold_application_until_proxy_starts"]
    if let hold, hold != .text("") {
      isHeldBySettings = hold.truth == true
      if hold.truth == nil {
        refuse(
          "holdApplicationUntilProxyStarts", hold.text ?? "a list or map", "true or false, without quotes")
      }
    }
    guard let variables = config["proxyMetadata"] ?? config["proxy_metadata"] else { return }
    apply(variables: variables)
  }

  private mutating func apply(variables: YAMLValue) {
    guard case .map(let variables) = variables else {
      if variables != .text("") {
        refusals.append("\(Self.annotation): proxyMetadata must be a map of texts")
      }
      return
    }
    for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
      metadata[name] = FoundValue(text: value.text ?? "", source: .proxyMetadata)
      if case .text = value { continue }
      refuse("proxyMetadata.\(name.onOneLine)", value.text ?? "a list or map", "a text: put it in quotes")
    }
  }

  private mutating func refuse(_ field: String, _ text: String, _ wanted: String) {
    refusals.append("\(Self.annotation): \(field): \(text.quotedForMessage): must be \(wanted)")
  }

  /// The mode by its name, where the number is given that stands for it in the protocol.
  private static func spellingMode(_ mode: FoundValue) -> FoundValue {
    FoundValue(
      text: ["0": "REDIRECT", "1": "TPROXY", "2": "NONE"][mode.text] ?? mode.text, source: mode.source)
  }
}
