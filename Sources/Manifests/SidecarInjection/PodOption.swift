public import Intercept
public import KubernetesObjects

/// An option of a pod's rules.
public struct PodOption: Hashable, Sendable {
  public let option: OptionName
  public let text: String
  /// The origins of the value; several if the injector combines them.
  public let sources: [OptionSource]

  init(_ option: OptionName, _ text: String, _ sources: [OptionSource]) {
    self.option = option
    self.text = text
    self.sources = sources
  }

  /// The name for messages: the place where the value can be changed.
  var name: String {
    switch sources.first {
    case .annotation(let name): name
    case .meshValues(let path): path
    case .container(let container, let word): "\(container): \(word)"
    case .proxyMetadata: "\(IstioAnnotation.proxyConfig): \(option.variables.first ?? option.spelling)"
    case .proxyConfig(let object): "\(object): \(option.variables.first ?? option.spelling)"
    case .configMap(let map, let path): "\(map): \(path)"
    case .namespace(_, let annotation): annotation
    case .injector, nil: option.spelling
    }
  }
}

/// The origin of a part of a pod's options.
public enum OptionSource: Hashable, Sendable {
  /// The injector's default.
  case injector
  case annotation(String)
  /// A variable in the proxyMetadata of the annotation `proxy.istio.io/config`.
  case proxyMetadata
  /// A value of Istio's Helm chart, by its path: `global.proxy.includeIPRanges`.
  case meshValues(String)
  /// A variable of a ProxyConfig object.
  case proxyConfig(ObjectName)
  /// A value in a ConfigMap of the control plane, by its path.
  case configMap(String, path: String)
  /// An annotation of the pod's namespace.
  case namespace(String, annotation: String)
  /// An argument or a variable of an init container.
  case container(String, word: String)
}

extension OptionSource: CustomStringConvertible {
  public var description: String {
    switch self {
    case .injector: "the injector's default"
    case .annotation(let name): "annotation \(name)"
    case .proxyMetadata: "annotation \(IstioAnnotation.proxyConfig), proxyMetadata"
    case .meshValues(let path): "mesh values, \(path)"
    case .proxyConfig(let object): "\(object), environmentVariables"
    case .configMap(let map, let path): "\(map), \(path)"
    case .namespace(let name, let annotation): "namespace \(name), annotation \(annotation)"
    case .container(let name, let word): "container \(name), \(word)"
    }
  }
}

/// A value and its origin.
struct SourcedValue: Sendable {
  let text: String
  let source: OptionSource
}
