import Intercept
import KubernetesObjects
import ManifestText

/// The settings of a proxy, in increasing precedence: the mesh's defaults, the ProxyConfig objects of the root namespace
/// and of the pod's, the annotation `proxy.istio.io/config`, and the ProxyConfig object that selects the pod.
///
/// The corresponding Istio type is `ProxyConfig` of `istio.io/api/mesh/v1alpha1`, as `EffectiveProxyConfig` merges it.
package struct EffectiveProxyConfig: Sendable {
  private(set) var interceptionMode: SourcedValue?
  /// The value `global.proxy.holdApplicationUntilProxyStarts`, which the annotation cannot override.
  private let isHeldByValues: Bool
  private var isHeldByConfig: Bool
  /// The variables of the proxy, which the init container has as well.
  private(set) var metadata: [String: SourcedValue] = [:]
  /// Settings of a wrong type or value in the annotation: the injector rejects the pod.
  private(set) var problems: [InjectionProblem] = []

  /// - Throws: `ManifestError` if the annotation cannot be read.
  init(_ pod: Pod, _ mesh: MeshValues, _ resources: ProxyConfigResources) throws(ManifestError) {
    metadata = mesh.proxyMetadata
    interceptionMode = mesh.value(.interceptionMode).map(Self.spelledOut)
    isHeldByValues = mesh.isTrue(.holdApplicationUntilProxyStarts)
    isHeldByConfig = mesh.isTrue(.defaultHoldApplication)
    resources.forNamespaces(of: pod).forEach { apply($0) }
    if let text = pod.annotations[IstioAnnotation.proxyConfig] { try apply(annotation: text, of: pod) }
    resources.forWorkload(of: pod).map { apply($0) }
  }

  /// True if the app waits for the proxy.
  package var holdsApplication: Bool { isHeldByValues || isHeldByConfig }

  private mutating func apply(_ resource: ProxyConfigResource) {
    for (name, text) in resource.environmentVariables {
      metadata[name] = SourcedValue(text: text, source: .proxyConfig(resource.object))
    }
  }

  private mutating func apply(annotation text: String, of pod: Pod) throws(ManifestError) {
    let config: JSONValue
    do {
      config = try YAMLReader.read(text)?.value ?? .null
    } catch {
      throw ManifestError(
        "\(pod.object): annotation \(IstioAnnotation.proxyConfig): line \(error.line) \(error.text)")
    }
    problems = ProxyConfigChecks.problems(in: config)
    if let mode = config[anyCase: "interceptionMode"]?.scalarText, !mode.isEmpty {
      let source = OptionSource.annotation(IstioAnnotation.proxyConfig)
      interceptionMode = Self.spelledOut(SourcedValue(text: mode, source: source))
    }
    if let hold = config[anyCase: "holdApplicationUntilProxyStarts"], hold != .null {
      isHeldByConfig = hold == .bool(true)
    }
    guard case .object(let variables)? = config[anyCase: "proxyMetadata"] else { return }
    for (name, value) in variables {
      metadata[name] = SourcedValue(text: value.scalarText ?? "", source: .proxyMetadata)
    }
  }

  /// Replaces the number of an interception mode in Istio's protocol by its name.
  private static func spelledOut(_ mode: SourcedValue) -> SourcedValue {
    SourcedValue(
      text: ["0": "REDIRECT", "1": "TPROXY", "2": "NONE"][mode.text] ?? mode.text, source: mode.source)
  }
}

extension JSONValue {
  /// Returns a member by its name in camel case or in snake case: both are JSON names of a Protocol Buffers field.
  subscript(anyCase name: String) -> JSONValue? { self[name] ?? self[Self.snakeCase(name)] }

  private static func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1) }
  }
}

/// The ProxyConfig objects of a list, in the order in which Istio chooses among them.
struct ProxyConfigResources: Sendable {
  private let byNamespace: [String: [ProxyConfigResource]]
  private let rootNamespace: String

  init(_ resources: [ProxyConfigResource], rootNamespace: String) {
    byNamespace = Dictionary(grouping: resources) { $0.object.namespace }.mapValues { resources in
      resources.sorted { ($0.creationTime, $0.object.name) < ($1.creationTime, $1.object.name) }
    }
    self.rootNamespace = rootNamespace
  }

  /// Returns the objects without selector of the root namespace and of the pod's.
  func forNamespaces(of pod: Pod) -> [ProxyConfigResource] {
    let namespaces = [rootNamespace] + (pod.object.namespace == rootNamespace ? [] : [pod.object.namespace])
    return namespaces.compactMap { byNamespace[$0]?.first { $0.selector == nil } }
  }

  /// Returns the object whose selector selects the pod.
  func forWorkload(of pod: Pod) -> ProxyConfigResource? {
    byNamespace[pod.object.namespace]?.first { $0.selector?.isSatisfied(by: pod.labels) == true }
  }
}
