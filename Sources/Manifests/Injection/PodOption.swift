public import Intercept

/// An option that a pod's rules are made with.
public struct PodOption: Hashable, Sendable {
  public let option: OptionName
  public let text: String
  /// Where it comes from; more than one where the injector puts it together.
  public let sources: [OptionSource]

  init(_ option: OptionName, _ text: String, _ sources: [OptionSource]) {
    self.option = option
    self.text = text
    self.sources = sources
  }

  /// What messages about it name: where somebody can change it.
  var name: String {
    switch sources.first {
    case .annotation(let name): name
    case .meshValues(let path): path
    case .container(let container, let word): "\(container): \(word)"
    case .proxyMetadata: "\(ProxyConfig.annotation): \(option.variables.first ?? option.spelling)"
    case .injector, nil: option.spelling
    }
  }
}
