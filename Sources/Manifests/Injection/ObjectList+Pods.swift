public import Intercept

extension ObjectList {
  /// The options of the one pod that is meant.
  ///
  /// - Parameters:
  ///   - name: `name` or `namespace/name`, where there are several.
  ///   - mesh: what the mesh's installation sets.
  ///   - release: whose injector it is, where the pod has not been injected.
  /// - Throws: `ManifestError` where no pod is meant, or more than one.
  public func podOptions(
    named name: String?, in mesh: MeshValues, release: IstioRelease = .newest
  ) throws(ManifestError) -> PodOptions {
    let pod = try pod(named: name)
    var options = try PodOptions(pod, Injector(pod, mesh, release))
    options.warnings = mesh.warnings + options.warnings
    return options
  }

  /// The one pod or workload that is meant.
  func pod(named name: String?) throws(ManifestError) -> Pod {
    let found = name.map { name in pods.filter { $0.object.name == name || $0.object.path == name } } ?? pods
    if found.count == 1, let pod = found.first { return pod }
    guard !pods.isEmpty else { throw ManifestError(nothingToChoose) }
    guard !found.isEmpty else {
      throw ManifestError(
        "there is no pod named \((name ?? "").quotedForMessage); there are \(Self.names(pods))")
    }
    throw ManifestError("there are \(found.count) pods; choose one with --name: \(Self.names(found))")
  }

  private var nothingToChoose: String {
    let found = Set(kinds).sorted().prefix(5).joined(separator: ", ")
    return
      "there is no pod in it, and nothing with a pod template; found: \(found.isEmpty ? "nothing" : found)"
  }

  private static func names(_ pods: [Pod]) -> String {
    let names = pods.prefix(5).map(\.object.path).joined(separator: ", ")
    return pods.count > 5 ? "\(names) and \(pods.count - 5) more" : names
  }
}
