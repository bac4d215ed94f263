import ArgumentParser
import Intercept
import Manifests

/// The flags that take the options from a pod's manifest.
struct PodFlags: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: """
      Take the options from this pod or workload: a file of JSON as kubectl prints it, or - for standard input. \
      Flags and variables beat it.
      """)
  var pod: String?

  @Option(parsing: .unconditional, help: "Which pod, where the file has several: NAME or NAMESPACE/NAME.")
  var name: String?

  @Option(
    parsing: .unconditional,
    help:
      "What the mesh sets for every pod: a file with Istio's Helm values, or those of global.proxy, as JSON.")
  var meshValues: String?

  @Flag(help: "Print the options as a command line, each with where it comes from, and do nothing else.")
  var showOptions = false
}

extension PodFlags {
  /// Refuses flags that say something about a pod where there is none.
  func check() throws {
    guard pod == nil else { return }
    if name != nil { throw ValidationError("--name chooses among the pods of --pod; give that as well") }
    if meshValues != nil { throw ValidationError("--mesh-values is for the pod of --pod; give that as well") }
  }

  /// What the manifest says; nil without one.
  ///
  /// - Throws: `CommandError` that names the file.
  func read() throws -> PodOptions? {
    try check()
    guard let pod else { return nil }
    let mesh = try MeshValues(file: meshValues)
    let release = Options.ofProcess(nil).release ?? .newest
    return try ManifestFile.read(pod) { text throws(ManifestError) in
      try ObjectList(text).podOptions(named: name, in: mesh, release: release)
    }
  }
}

extension MeshValues {
  /// The values of a file; without one, none.
  init(file: String?) throws {
    guard let file else {
      self.init()
      return
    }
    self = try ManifestFile.read(file) { text throws(ManifestError) in try MeshValues(text) }
  }
}
