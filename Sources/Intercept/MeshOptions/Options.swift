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

  private let entries: [(option: OptionName, given: Given, origin: Origin)]
  /// The name of the user the proxy runs as where no number is given (`$ENVOY_USER`).
  public let envoyUser: String

  /// Merges the sources.
  ///
  /// - Parameters:
  ///   - flags: What the command line gives.
  ///   - environment: The value of a variable, if it is set.
  ///   - manifest: What a pod's manifest gives.
  public init(
    flags: GivenOptions = [:], environment: (String) -> String?, manifest: GivenOptions = [:]
  ) {
    let profile =
      flags[.profile].flatMap { name in Self.profiles.first { $0.name == name.text }?.given } ?? [:]
    entries = OptionName.allCases.compactMap { option in
      let found: (Given, Origin)? =
        flags[option].map { ($0, .flag) }
        ?? Self.variable(of: option, in: environment).map { ($0, .variable) }
        ?? manifest[option].map { ($0, .manifest) } ?? profile[option].map { ($0, .profile) }
      return found.map { (option, $0.0, $0.1) }
    }
    envoyUser = environment("ENVOY_USER") ?? "istio-proxy"
  }

  /// Merges the sources, with all variables in a table.
  public init(
    flags: GivenOptions = [:], environment: [String: String] = [:], manifest: GivenOptions = [:]
  ) {
    self.init(flags: flags, environment: { environment[$0] }, manifest: manifest)
  }

  public subscript(option: OptionName) -> Given? { entries.first { $0.option == option }?.given }

  /// Who gave the option; nil if nobody did.
  public func origin(of option: OptionName) -> Origin? { entries.first { $0.option == option }?.origin }

  private static func variable(of option: OptionName, in environment: (String) -> String?) -> Given? {
    for name in option.variables {
      guard let text = environment(name), !(text.isEmpty && option.treatsEmptyVariableAsUnset) else {
        continue
      }
      return Given(name: name, text: text)
    }
    return nil
  }

  /// Settings under one name, for people who type: `sidecar` is what Istio's injector passes by default.
  static var profiles: [(name: String, given: GivenOptions)] {
    func text(_ text: String) -> Given { Given(name: "--profile", text: text) }
    let sidecar: GivenOptions = [
      .envoyPort: text("15001"), .inboundCapturePort: text("15006"), .proxyUID: text("1337"),
      .interceptionMode: text("REDIRECT"), .outboundCIDRs: text("*"), .excludedOutboundCIDRs: text(""),
      .inboundPorts: text("*"), .excludedInboundPorts: text("15090,15021,15020"),
    ]
    return [("sidecar", sidecar)]
  }
}
