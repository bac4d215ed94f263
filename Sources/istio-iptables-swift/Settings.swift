import Intercept

/// What a command line and an environment come to: the rules wanted, and how to apply them.
struct Settings {
  let configuration: Configuration
  let run: RunOptions
  let warnings: [String]

  /// Reads everything, and refuses with every mistake at once.
  ///
  /// - Throws: `InvalidOptions`.
  init(_ options: Options, facts: (RunOptions) -> some HostFacts) throws {
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
  /// The settings of this process.
  static func ofProcess() throws -> Settings {
    let options = Options(flags: GoArguments.ofProcess.given, environment: Environment.ofProcess)
    return try Settings(options) { Host(namespace: $0.namespace) }
  }
}
