import MeshRules
public import TextOutput

extension InstalledMesh {
  /// The mesh with its releases: `istio sidecar 1.14-1.17`, `linkerd`, `none known`.
  public var name: String {
    switch kind {
    case .sidecar(let guess, let early?):
      "istio sidecar \(early.prefix { $0 != "-" })-\(guess.releases.upperBound)"
    case .sidecar(let guess, nil): "istio sidecar \(guess.releaseText)"
    case .earlySidecar(let releases): "istio sidecar \(releases)"
    case .ambient(let releases, _): "istio ambient \(releases)"
    case .other(.serviceConnect): RuleProgram.appMesh.rawValue
    case .other(let program): program.rawValue
    case .unknown: "none known"
    }
  }

  /// The answer as text: the mesh, its options, other programs, and what no program explains.
  public func text(_ style: TextStyle = .plain) -> String {
    let head =
      "mesh: \(name)\n" + (variant.map { "variant: \($0)\n" } ?? "")
      + (release.map { "release: \($0)\n" } ?? "")
    if case .sidecar(let guess, _) = kind { return head + guess.text(style) + programs }
    let options = summary.entries.map { "\($0.name): \($0.values.joined(separator: ","))\n" }.joined()
    return head + options + programs + rest
  }

  /// The part of a mesh that installed the rules, or another reading of them; nil if the name is enough.
  public var variant: String? {
    switch kind {
    case .sidecar(let guess, let early?):
      "\(early), which never captures port 22, or \(guess.releaseText) with port 22 excluded"
    case .ambient(_, let side): side == "node" ? "node side" : nil
    case .other(.serviceConnect): "ECS Service Connect"
    case .sidecar(_, nil), .earlySidecar, .other, .unknown: nil
    }
  }

  private var programs: String {
    otherPrograms.isEmpty ? "" : "also installed: \(otherPrograms.map(\.rawValue).joined(separator: ", "))\n"
  }

  private var rest: String {
    switch kind {
    case .unknown: ""
    case .sidecar, .earlySidecar, .ambient, .other:
      unexplained.isEmpty
        ? "every rule is explained\n"
        : "\nnot explained:\n" + unexplained.prefix(Self.shownRules).map { "  \($0)\n" }.joined() + more
    }
  }

  private static let shownRules = 20

  private var more: String {
    unexplained.count > Self.shownRules ? "  and \(unexplained.count - Self.shownRules) more\n" : ""
  }
}

extension InstalledMesh: Encodable {
  enum CodingKeys: String, CodingKey {
    case mesh, variant, release, read, programs, unexplained, complete
  }

  /// Writes `{"mesh": "linkerd", "release": "v2.4 or newer", "read": {"dns port": ["15053"]}, "programs": ["docker"],
  /// "unexplained": [], "complete": true}`; for a sidecar of a known release the members of its guess as well.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(name, forKey: .mesh)
    try object.encodeIfPresent(variant, forKey: .variant)
    try object.encodeIfPresent(release, forKey: .release)
    try object.encode(otherPrograms.map(\.rawValue), forKey: .programs)
    if case .sidecar(let guess, _) = kind { return try guess.encode(to: encoder) }
    let read = Dictionary(summary.entries.map { ($0.name, $0.values) }, uniquingKeysWith: { $1 })
    try object.encode(read, forKey: .read)
    try object.encode(unexplained, forKey: .unexplained)
    try object.encode(isComplete, forKey: .complete)
  }
}
