public import Intercept

/// Looks through the objects of a mesh for what will not do what its owner expects.
public struct Lint: Sendable {
  /// A rule, as it is told of.
  public struct RuleDescription: Hashable, Sendable {
    public let name: String
    public let documentation: String
  }

  private static let all: [any LintRule] = [
    PortNameRule(), AppProtocolRule(), CatchAllListenerRule(), SharedPortRule(), GatewayPortRule(),
    VirtualServicePortRule(), RouteTargetRule(), ProxyOwnerRule(), IstioPortRule(), ExcludedAndIncludedRule(),
    InboundPortLeftOutRule(), StartOrderRule(), ProbeRule(), InjectionRefusedRule(),
  ]

  /// Every rule there is.
  public static var rules: [RuleDescription] {
    all.map { RuleDescription(name: $0.name, documentation: $0.documentation) }
  }

  private let rules: [any LintRule]

  /// - Parameters:
  ///   - only: the rules to look for; none means all.
  ///   - ignored: rules to leave out.
  /// - Throws: `UnknownRule` for a name that no rule has.
  public init(only: [String] = [], ignoring ignored: [String] = []) throws(UnknownRule) {
    let names = Set(Self.all.map(\.name))
    if let unknown = (only + ignored).first(where: { !names.contains($0) }) {
      throw UnknownRule(name: unknown)
    }
    rules = Self.all.filter { (only.isEmpty || only.contains($0.name)) && !ignored.contains($0.name) }
  }

  /// What the rules find, by object.
  ///
  /// - Parameters:
  ///   - list: the objects of a mesh, in any order.
  ///   - values: what the mesh's installation sets.
  ///   - release: the release of Istio; nil where nobody says, and then what some release does counts.
  ///   - assumesInjection: whether pods that show no sign of the mesh are taken to be in it.
  public func findings(
    in list: ObjectList, values: MeshValues = MeshValues(), release: IstioRelease? = nil,
    assumesInjection: Bool = false
  ) -> LintResult {
    let mesh = Mesh(list, values, release: release, assumesInjection: assumesInjection)
    var findings: [Finding] = []
    for rule in rules {
      for var finding in rule.findings(in: mesh) {
        finding.rule = rule.name
        findings.append(finding)
      }
    }
    return LintResult(
      findings: Self.ordered(findings), podsInDoubt: mesh.members.count { $0.membership == .possible })
  }

  /// Findings of one object together, those of one port in the order of the rules.
  private static func ordered(_ findings: [Finding]) -> [Finding] {
    findings.enumerated().sorted { left, right in
      (left.element.object, left.offset) < (right.element.object, right.offset)
    }.map(\.element)
  }
}

/// What was found.
public struct LintResult: Sendable {
  public let findings: [Finding]
  /// Pods of which nobody can tell whether they are in the mesh; some rules passed them by.
  public let podsInDoubt: Int
}

/// A name that no rule has.
public struct UnknownRule: Error, Hashable, Sendable, CustomStringConvertible {
  public let name: String

  public var description: String {
    "\(name.quotedForMessage) is no rule; there are \(Lint.rules.map(\.name).joined(separator: ", "))"
  }
}
