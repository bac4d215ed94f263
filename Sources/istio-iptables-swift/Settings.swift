import Intercept
import Manifests

/// What a command line, an environment and a pod's manifest come to: the rules wanted, and how to apply them.
struct Settings {
  let configuration: Configuration
  let run: RunOptions
  private(set) var warnings: [String]
  private let options: Options
  /// The pod whose manifest the options are from.
  private(set) var pod: PodOptions?

  /// Reads everything, and refuses with every mistake at once.
  ///
  /// - Throws: `InvalidOptions`.
  init(_ options: Options, facts: (RunOptions) -> any HostFacts) throws {
    self.options = options
    var reader = OptionReader(options)
    _ = LogOptions(reading: &reader)
    run = RunOptions(reading: &reader)
    configuration = Configuration(reading: &reader, facts: facts(run))
    configuration.limitOwnerGroups(run.form, &reader)
    try reader.finish()
    configuration.advise(&reader)
    warnings = reader.warnings
  }
}

extension Settings {
  /// The release that somebody asked for; nil where it is the newest for want of a word.
  var givenRelease: IstioRelease? { options[.istioRelease] == nil ? nil : configuration.release }

  /// The settings of this process.
  static func ofProcess() throws -> Settings {
    try Settings(.ofProcess(nil)) { Host(namespace: $0.namespace) }
  }

  /// The settings of this process, with what a pod's manifest says below them.
  ///
  /// - Parameter asksManifest: whether what the manifest knows of its namespace goes before what this host does.
  static func ofProcess(_ flags: PodFlags, asksManifest: Bool = true) throws -> Settings {
    guard let pod = try flags.read() else { return try ofProcess() }
    var settings = try Settings(.ofProcess(pod)) { run in
      let host = Host(namespace: run.namespace)
      return asksManifest && run.namespace == .current ? PodHost(pod: pod, host: host) : host
    }
    settings.pod = pod
    settings.warnings = pod.warnings + settings.warnings
    if asksManifest { settings.warnings += settings.guesses(about: pod) }
    return settings
  }

  /// What the manifest does not say and this host is asked instead.
  private func guesses(about pod: PodOptions) -> [String] {
    var guesses: [String] = []
    if case .servers = configuration.dns, pod.nameservers.isEmpty, options[.dnsServers] == nil {
      guesses.append("\(pod.object): its DNS servers are taken to be this host's; --dns-servers names others")
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
  static func ofProcess(_ pod: PodOptions?) -> Options {
    Options(
      flags: GoArguments.ofProcess.given, environment: Environment.variable, manifest: pod?.given ?? [:])
  }

  /// The release that is asked for; nil where none is, or none that is known.
  var release: IstioRelease? { self[.istioRelease].flatMap { IstioRelease($0.text.trimmingBlanks()) } }
}

extension Options {
  /// Refuses what is wrong, whatever the host may not know.
  fileprivate func refuseMistakes() throws {
    do {
      _ = try Settings(self) { Host(namespace: $0.namespace) }
    } catch let invalid as InvalidOptions where !invalid.areMistaken {}
  }
}

extension PodFlags {
  /// Prints the options, if that is what is asked for.
  func showsOptions(_ subcommand: String) throws -> Bool {
    guard showOptions else { return false }
    let pod = try read()
    let options = Options.ofProcess(pod)
    try options.refuseMistakes()
    pod?.warnings.forEach(Console.warn)
    try Console.print(ShownOptions(options, pod).text(subcommand))
    return true
  }
}
