package import Intercept
package import SidecarInjection

/// The settings of all options: the configuration of the rules, and the options for applying them.
package struct Settings {
  package let configuration: Configuration
  package let run: RunOptions
  package let namespace: SelectedNamespace
  package private(set) var warnings: [String]
  package let options: Options
  /// The pod that the options are from.
  package private(set) var pod: PodOptions?

  /// Reads the options and reports every mistake at once.
  ///
  /// - Throws: `InvalidOptions`.
  package init(_ options: Options, facts: (SelectedNamespace) -> any HostFacts) throws {
    self.options = options
    var reader = OptionReader(options)
    _ = LogOptions(reading: &reader)
    run = RunOptions(reading: &reader)
    namespace = SelectedNamespace(run.namespace)
    configuration = Configuration(reading: &reader, facts: facts(namespace))
    configuration.limitOwnerGroups(run.form, &reader)
    try reader.finish()
    configuration.advise(&reader)
    warnings = reader.warnings
  }
}

extension Settings {
  /// The release of `--istio-release`; nil if it is not given.
  package var givenRelease: IstioRelease? { options[.istioRelease] == nil ? nil : configuration.release }

  /// The settings of this process.
  package static func ofProcess() throws -> Settings {
    try Settings(.ofProcess(nil)) { Host($0) }
  }

  /// The settings of this process, with those of a pod's manifest as defaults.
  ///
  /// - Parameters:
  ///   - asksManifest: true if addresses and DNS servers in the manifest precede those of this host.
  ///   - acceptsNoRules: true to accept a pod that gets no rules.
  package static func ofProcess(
    _ source: PodSource, asksManifest: Bool = true, acceptsNoRules: Bool = false
  ) throws -> Settings {
    guard let pod = try source.read(acceptsNoRules: acceptsNoRules) else {
      return try Settings(.ofProcess(source.optionsOfRuntime())) { Host($0) }
    }
    var settings = try Settings(.ofProcess(pod.given)) { namespace in
      let host = Host(namespace)
      return asksManifest && namespace.choice == .current ? PodHost(pod: pod, host: host) : host
    }
    settings.pod = pod
    settings.warnings = [pod.noRules?.description].compactMap(\.self) + pod.warnings + settings.warnings
    if asksManifest { settings.warnings += settings.guesses(about: pod) }
    return settings
  }

  /// The settings of another pod, for the release of this one.
  ///
  /// - Parameter pod: the other pod; nil to assume the injector's usual options.
  package static func ofDestination(_ pod: PodOptions?, _ client: Settings) throws -> Settings {
    var given: GivenOptions = pod == nil ? [.profile: Options.Given(name: "--profile", text: "sidecar")] : [:]
    if client.givenRelease != nil { given[.istioRelease] = client.options[.istioRelease] }
    given[.ipFamily] = client.options[.ipFamily]
    let options = Options(flags: given, manifest: pod?.given ?? [:], for: .trace)
    var settings = try Settings(options) { namespace in
      let host = Host(namespace)
      return pod.map { PodHost(pod: $0, host: host) } ?? host
    }
    settings.pod = pod
    return settings
  }

  /// Warnings about facts that the manifest lacks and this host supplies.
  private func guesses(about pod: PodOptions) -> [String] {
    var guesses: [String] = []
    if case .servers = configuration.dns, pod.nameservers.isEmpty, options[.dnsServers] == nil {
      guesses.append(
        "\(pod.object): its DNS servers are assumed to be this host's; --dns-servers names others")
    }
    if let release = pod.release, release != configuration.release, options[.istioRelease] == nil {
      guesses.append(
        "\(pod.object): its image is of Istio \(release); --istio-release \(release) gives its rules")
    }
    return guesses
  }
}

extension Options {
  /// The options of this process.
  ///
  /// - Parameter pod: the options of a pod, which all others precede.
  package static func ofProcess(_ pod: GivenOptions?) -> Options {
    pod.map { Options(ofProcessWith: $0) } ?? withoutPod
  }

  private static let withoutPod = Options(ofProcessWith: [:])

  private init(ofProcessWith pod: GivenOptions) {
    self.init(
      flags: GoArguments.ofProcess.given, environment: Environment.variable, manifest: pod,
      for: GoArguments.ofProcess.subcommand)
  }

  /// The version of `--istio-release`; nil if it is missing or unknown.
  package var version: IstioVersion? {
    self[.istioRelease].flatMap { IstioVersion($0.text.trimmingBlanks()) }
  }
}

extension Options {
  /// Throws the mistakes of the options; failed host lookups do not count.
  package func refuseMistakes() throws {
    do {
      _ = try Settings(self) { Host($0) }
    } catch let invalid as InvalidOptions where !invalid.areMistaken {}
  }
}
