/// The texts of options from all sources. Precedence: flag, environment variable, pod manifest, profile.
public struct Options: Sendable {
  /// The text given for an option, and the name it was given by.
  public struct Given: Hashable, Sendable {
    /// The flag as it was typed, or the variable's name.
    public let name: String
    public let text: String

    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// The source of an option.
  public enum Origin: Hashable, Sendable {
    case flag, variable, manifest, profile
  }

  private let entries: [(option: OptionName, given: Given, origin: Origin)]
  private let flags: GivenOptions
  /// The name of the proxy's user (`$ENVOY_USER`), for want of `--proxy-uid`.
  public let envoyUser: String

  /// Merges the sources.
  ///
  /// - Parameters:
  ///   - flags: the options of the command line.
  ///   - environment: returns the value of a variable, if it is set.
  ///   - manifest: the options of a pod's manifest.
  ///   - subcommand: ignores variables and manifest entries of options that it does not take; nil for no limit.
  public init(
    flags: GivenOptions = [:], environment: (String) -> String?, manifest: GivenOptions = [:],
    for subcommand: Subcommand? = nil
  ) {
    let profile =
      flags[.profile].flatMap { name in Self.profiles.first { $0.name == name.text }?.given } ?? [:]
    let options = subcommand.map(OptionName.taken) ?? OptionName.allCases
    entries = options.compactMap { option in
      let found: (Given, Origin)? =
        flags[option].map { ($0, .flag) }
        ?? Self.variable(of: option, in: environment).map { ($0, .variable) }
        ?? manifest[option].map { ($0, .manifest) } ?? profile[option].map { ($0, .profile) }
      return found.map { (option, $0.0, $0.1) }
    }
    self.flags = flags
    envoyUser = environment("ENVOY_USER") ?? "istio-proxy"
  }

  /// Merges the sources, with all variables in a table.
  public init(
    flags: GivenOptions = [:], environment: [String: String] = [:], manifest: GivenOptions = [:],
    for subcommand: Subcommand? = nil
  ) {
    self.init(flags: flags, environment: { environment[$0] }, manifest: manifest, for: subcommand)
  }

  public subscript(option: OptionName) -> Given? { entries.first { $0.option == option }?.given }

  /// Every text of a repeated option.
  func all(_ option: OptionName) -> [Given] { flags.all(option) }

  /// The source of the option; nil if it is not given.
  public func origin(of option: OptionName) -> Origin? { entries.first { $0.option == option }?.origin }

  /// True if an environment variable sets an option.
  public var hasVariables: Bool { entries.contains { $0.origin == .variable } }

  private static func variable(of option: OptionName, in environment: (String) -> String?) -> Given? {
    for name in option.variables {
      guard let text = environment(name), !(text.isEmpty && option.treatsEmptyVariableAsUnset) else {
        continue
      }
      return Given(name: name, text: text)
    }
    return nil
  }

  /// Named sets of options; `sidecar` has what Istio's injector passes by default.
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
