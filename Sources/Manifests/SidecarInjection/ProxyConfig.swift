import Intercept
import KubernetesObjects
import ManifestText

/// The settings of a proxy: the mesh's, overridden by the annotation `proxy.istio.io/config`.
///
/// The corresponding Istio type is `ProxyConfig`.
package struct ProxyConfig: Sendable {
  private(set) var interceptionMode: SourcedValue?
  /// The value `global.proxy.holdApplicationUntilProxyStarts`, which the annotation cannot override.
  private let isHeldByValues: Bool
  private var isHeldByConfig: Bool
  /// The variables of the proxy, which the init container has as well.
  private(set) var metadata: [String: SourcedValue] = [:]
  /// Settings of a wrong type in the annotation: the injector rejects the pod.
  private(set) var problems: [InjectionProblem] = []

  /// - Throws: `ManifestError` if the annotation cannot be read.
  init(_ mesh: MeshValues, _ pod: Pod) throws(ManifestError) {
    for (name, value) in mesh.proxyMetadata {
      metadata[name] = SourcedValue(
        text: value, source: .meshValues("meshConfig.defaultConfig.proxyMetadata"))
    }
    interceptionMode = mesh.value(.interceptionMode).map(Self.spelledOut)
    isHeldByValues = mesh.isTrue(.holdApplicationUntilProxyStarts)
    isHeldByConfig = mesh.isTrue(.defaultHoldApplication)
    guard let text = pod.annotations[IstioAnnotation.proxyConfig] else { return }
    do {
      apply(try YAMLReader.read(text)?.value ?? .null)
    } catch {
      throw ManifestError(
        "\(pod.object): annotation \(IstioAnnotation.proxyConfig): line \(error.line) \(error.text)")
    }
  }

  /// True if the app waits for the proxy.
  package var holdsApplication: Bool { isHeldByValues || isHeldByConfig }

  private mutating func apply(_ config: JSONValue) {
    switch config {
    case .null: return
    case .object: break
    case .string, .bool, .whole, .number, .list:
      return reject("must be a map of settings", remedy: "write a map, e.g. interceptionMode: REDIRECT")
    }
    if let mode = (config["interceptionMode"] ?? config["interception_mode"])?.scalarText, !mode.isEmpty {
      let source = OptionSource.annotation(IstioAnnotation.proxyConfig)
      interceptionMode = Self.spelledOut(SourcedValue(text: mode, source: source))
    }
    let hold = config["holdApplicationUntilProxyStarts"] ?? config["hold_application_until_proxy_starts"]
    if let hold, hold != .null { apply(hold: hold) }
    guard let variables = config["proxyMetadata"] ?? config["proxy_metadata"] else { return }
    apply(variables: variables)
  }

  private mutating func apply(hold: JSONValue) {
    isHeldByConfig = hold == .bool(true)
    if case .bool = hold { return }
    let field = "holdApplicationUntilProxyStarts"
    let text = hold.scalarText ?? "a list or map"
    reject(
      "\(field): \(text.quotedForMessage): must be true or false, without quotes",
      remedy: "write \(field): \(["true", "false"].contains(text) ? text : "true or \(field): false")")
  }

  private mutating func apply(variables: JSONValue) {
    guard case .object(let variables) = variables else {
      if variables != .null {
        reject("proxyMetadata must be a map of texts", remedy: #"write proxyMetadata: {NAME: "value"}"#)
      }
      return
    }
    for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
      metadata[name] = SourcedValue(text: value.scalarText ?? "", source: .proxyMetadata)
      switch value {
      case .string, .null: continue
      case .bool, .whole, .number, .list, .object: break
      }
      let text = value.scalarText ?? "a list or map"
      reject(
        "proxyMetadata.\(name.onOneLine): \(text.quotedForMessage): must be a text, in quotes",
        remedy: "write \(name.onOneLine): \"\(value.scalarText?.onOneLine ?? "value")\"")
    }
  }

  private mutating func reject(_ text: String, remedy: String) {
    problems.append(InjectionProblem("\(IstioAnnotation.proxyConfig): \(text)", remedy: remedy))
  }

  /// Replaces the number of an interception mode in Istio's protocol by its name.
  private static func spelledOut(_ mode: SourcedValue) -> SourcedValue {
    SourcedValue(
      text: ["0": "REDIRECT", "1": "TPROXY", "2": "NONE"][mode.text] ?? mode.text, source: mode.source)
  }
}
