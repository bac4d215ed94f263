/// What the user gave, as text: flags beat the environment, the environment beats a pod's manifest, and that beats a
/// profile's settings.
public struct Options: Sendable {
  /// The text given for an option, and by what name.
  public struct Given: Hashable, Sendable {
    /// The flag as it was typed, or the variable's name.
    public let name: String
    public let text: String

    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// Who gave an option.
  public enum Origin: Hashable, Sendable {
    case flag, variable, manifest, profile
  }

  private let given: [OptionName: Given]
  private let origins: [OptionName: Origin]
  /// The name of the user the proxy runs as where no number is given (`$ENVOY_USER`).
  public let envoyUser: String

  /// Merges the sources.
  ///
  /// - Parameters:
  ///   - flags: What the command line gives.
  ///   - environment: The process's environment.
  ///   - manifest: What a pod's manifest gives.
  public init(
    flags: [OptionName: Given] = [:], environment: [String: String] = [:], manifest: [OptionName: Given] = [:]
  ) {
    let profile = flags[.profile].flatMap { Self.profiles[$0.text] } ?? [:]
    var given: [OptionName: Given] = [:]
    var origins: [OptionName: Origin] = [:]
    func take(_ option: OptionName, _ found: Given?, _ origin: Origin) -> Bool {
      guard let found else { return false }
      given[option] = found
      origins[option] = origin
      return true
    }
    for option in OptionName.allCases {
      _ =
        take(option, flags[option], .flag)
        || take(option, Self.variable(of: option, in: environment), .variable)
        || take(option, manifest[option], .manifest)
        || take(option, profile[option].map { Given(name: "--profile", text: $0) }, .profile)
    }
    self.given = given
    self.origins = origins
    envoyUser = environment["ENVOY_USER"] ?? "istio-proxy"
  }

  public subscript(option: OptionName) -> Given? { given[option] }

  /// Who gave the option; nil if nobody did.
  public func origin(of option: OptionName) -> Origin? { origins[option] }

  private static func variable(of option: OptionName, in environment: [String: String]) -> Given? {
    for name in option.variables {
      guard let text = environment[name], !(text.isEmpty && option.treatsEmptyVariableAsUnset) else {
        continue
      }
      return Given(name: name, text: text)
    }
    return nil
  }

  /// Settings under one name, for people who type: `sidecar` is what Istio's injector passes by default.
  static let profiles: [String: [OptionName: String]] = [
    "sidecar": [
      .envoyPort: "15001", .inboundCapturePort: "15006", .proxyUID: "1337", .interceptionMode: "REDIRECT",
      .outboundCIDRs: "*", .excludedOutboundCIDRs: "", .inboundPorts: "*",
      .excludedInboundPorts: "15090,15021,15020",
    ]
  ]
}
