import Intercept
import JSONText
import KubernetesObjects
import ManifestText

/// The facts of a pod that determine its rules: of its annotations, of the agent, and defaults for the rest.
public struct PluginPod: Hashable, Sendable {
  public var annotations: [String: String]
  public var labels: [String: String] = [:]
  public var namespaceLabels: [String: String] = [:]
  /// The names of all containers; nil if they are not known.
  public var containers: [String]?
  /// The proxy's role, the argument after `proxy`: `sidecar`, `router`; nil if it is not known.
  public var proxyType: String?
  /// Variables of the proxy.
  public var environment: [String: String] = [:]
  /// `runAsUser` and `runAsGroup` of the proxy's container.
  public var proxyUser: UInt32?
  public var proxyGroup: UInt32?

  /// Reads what the annotations carry.
  ///
  /// - Parameters:
  ///   - annotations: those of the pod, as the runtime hands them over.
  ///   - defaults: variables of proxies that the annotations do not set, and `user` and `group`.
  public init(annotations: [String: String], defaults: [String: String] = [:]) {
    self.annotations = annotations
    proxyUser = defaults["user"].flatMap { UInt32($0) }
    proxyGroup = defaults["group"].flatMap { UInt32($0) }
    environment = defaults
    environment["user"] = nil
    environment["group"] = nil
    containers = annotations[IstioAnnotation.status].flatMap(Self.containers)
    if let templates = annotations[IstioAnnotation.templates], !Self.names(templates).contains("sidecar") {
      proxyType = Self.names(templates).joined(separator: ",")
    }
    if let config = annotations[IstioAnnotation.proxyConfig] {
      environment.merge(Self.metadata(config)) { _, annotation in annotation }
    }
  }

  /// True if Istio's injector has changed the pod.
  public var isInjected: Bool { annotations[IstioAnnotation.status] != nil }

  private static func names(_ list: String) -> [String] {
    list.split(separator: ",").map { String($0).trimmingBlanks() }
  }

  /// Returns the containers in the injector's record of what it added; nil if it names none.
  private static func containers(of status: String) -> [String]? {
    guard let record = try? JSONReader.document(Array(status.utf8)).value else { return nil }
    let names = ["initContainers", "containers"].flatMap { list -> [String] in
      guard case .list(let items)? = record[list] else { return [] }
      return items.compactMap(\.scalarText)
    }
    return names.isEmpty ? nil : names
  }

  /// Returns the variables in the annotation `proxy.istio.io/config`; none if it cannot be read.
  private static func metadata(_ config: String) -> [String: String] {
    guard let value = try? YAMLReader.read(config)?.value,
      case .object(let variables)? = value["proxyMetadata"] ?? value["proxy_metadata"]
    else { return [:] }
    return variables.compactMapValues(\.scalarText)
  }
}
