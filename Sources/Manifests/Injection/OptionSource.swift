/// Where a part of a pod's options comes from.
public enum OptionSource: Hashable, Sendable {
  /// Nobody said anything, and the injector has a value of its own.
  case injector
  case annotation(String)
  /// A variable in the proxyMetadata of the annotation `proxy.istio.io/config`.
  case proxyMetadata
  /// A value of Istio's Helm chart, by its path: `global.proxy.includeIPRanges`.
  case meshValues(String)
  /// An argument or a variable of an init container's.
  case container(String, word: String)
}

extension OptionSource: CustomStringConvertible {
  public var description: String {
    switch self {
    case .injector: "the injector's default"
    case .annotation(let name): "annotation \(name)"
    case .proxyMetadata: "annotation \(ProxyConfig.annotation), proxyMetadata"
    case .meshValues(let path): "mesh values, \(path)"
    case .container(let name, let word): "container \(name), \(word)"
    }
  }
}

/// A value, and where it was found.
struct FoundValue: Sendable {
  let text: String
  let source: OptionSource
}
