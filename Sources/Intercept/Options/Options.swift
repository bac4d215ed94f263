/// What the user gave, as text: flags beat the environment, the environment beats a profile's settings.
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

  private let given: [OptionName: Given]
  /// The name of the user the proxy runs as where no number is given (`$ENVOY_USER`).
  public let envoyUser: String

  /// Merges the sources.
  ///
  /// - Parameters:
  ///   - flags: What the command line gives.
  ///   - environment: The process's environment.
  public init(flags: [OptionName: Given] = [:], environment: [String: String] = [:]) {
    let profile = flags[.profile].flatMap { Self.profiles[$0.text] } ?? [:]
    var given = profile.mapValues { Given(name: "--profile", text: $0) }
    for option in OptionName.allCases {
      guard let found = flags[option] ?? Self.variable(of: option, in: environment) else { continue }
      given[option] = found
    }
    self.given = given
    envoyUser = environment["ENVOY_USER"] ?? "istio-proxy"
  }

  public subscript(option: OptionName) -> Given? { given[option] }

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
