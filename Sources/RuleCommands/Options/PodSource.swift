package import Intercept
package import SidecarInjection

/// The manifest of a pod that options are read from.
package struct PodSource {
  /// The file, or `-` for standard input; nil if the options are not a pod's.
  package let file: String?
  private let name: String?
  /// The file of the mesh's values.
  package let meshValues: String?
  private let showsOptions: Bool

  package init(reading reader: inout OptionReader) {
    file = reader.text(.pod)
    name = reader.text(.podName)
    meshValues = reader.text(.meshValues)
    showsOptions = reader.toggle(.showOptions)
    guard file == nil else { return }
    if name != nil {
      reader.complain(OptionProblem("--name chooses among the pods of --pod; give that as well"))
    }
    if meshValues != nil {
      reader.complain(OptionProblem("--mesh-values is for the pod of --pod; give that as well"))
    }
  }

  /// The options in the manifest; nil without one.
  ///
  /// - Parameter acceptsNoRules: true to return the pod even if it gets no rules.
  /// - Throws: `CommandError` that names the file.
  package func read(acceptsNoRules: Bool = false) throws -> PodOptions? {
    guard let file else { return nil }
    let mesh = try MeshValues(file: meshValues)
    let version = Options.ofProcess(nil).version ?? IstioVersion(.newest)
    let list = try ManifestInput([file]).readWithWarnings()
    let pod: PodOptions
    do {
      pod = try list.podOptions(named: name, in: mesh, version: version)
    } catch {
      throw CommandError("\(InputFile(file).name): \(error)")
    }
    if let none = pod.noRules, !acceptsNoRules {
      throw CommandError("\(InputFile(file).name): \(none)", status: Self.noRules)
    }
    return pod
  }

  /// The options of the pod of `--pod-name`; nil without that option, and with the manifest of `--pod`.
  ///
  /// - Throws: `CommandError` if the pod is not found, or gets no rules.
  func optionsOfRuntime() throws -> GivenOptions? {
    let options = Options.ofProcess(nil)
    var reader = OptionReader(options)
    guard file == nil, case .pod(let pod) = RunOptions(reading: &reader).namespace else { return nil }
    return try RunningProgram.pods().options(of: pod, besides: options)
  }

  /// The exit status for a pod that gets no rules.
  package static let noRules = ExitStatus(3)

  /// Prints the options if `--show-options` is given.
  package func showsOptions(of subcommand: Subcommand) throws -> Bool {
    guard showsOptions else { return false }
    let pod = try read()
    let options = Options.ofProcess(try pod?.given ?? optionsOfRuntime())
    try options.refuseMistakes()
    pod?.warnings.forEach(Console.warn)
    try Console.print(ShownOptions(options, pod).text(subcommand.rawValue))
    return true
  }
}

extension MeshValues {
  /// The values of a file; without one, none.
  package init(file: String?) throws {
    guard let file else {
      self.init()
      return
    }
    self = try InputFile(file).parse { try MeshValues($0) }
  }
}
