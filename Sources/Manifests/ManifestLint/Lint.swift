public import Intercept
public import KubernetesObjects
import MeshModel
public import SidecarInjection

/// Checks the objects of a mesh for mistakes that break traffic or its capture.
public struct Lint: Sendable {
  /// The name and documentation of a lint rule.
  public struct RuleDescription: Hashable, Sendable {
    public let name: String
    public let documentation: String
    public let severity: Severity
  }

  private static let all: [any LintRule] = [
    PortNameRule(), AppProtocolRule(), CatchAllListenerRule(), SharedPortRule(), GatewayPortRule(),
    VirtualServicePortRule(), RouteTargetRule(), ProxyOwnerRule(), IstioPortRule(), ExcludedAndIncludedRule(),
    InboundPortLeftOutRule(), StartOrderRule(), ProbeRule(), InjectionRefusedRule(), UnreadableRule(),
  ]

  /// All rules.
  public static var rules: [RuleDescription] {
    all.map { RuleDescription(name: $0.name, documentation: $0.documentation, severity: $0.severity) }
  }

  /// Returns a rule by its name.
  ///
  /// - Throws: `UnknownRule` if there is none.
  public static func rule(named name: String) throws(UnknownRule) -> RuleDescription {
    guard let rule = rules.first(where: { $0.name == name }) else { throw UnknownRule(name: name) }
    return rule
  }

  private let rules: [any LintRule]

  /// - Parameters:
  ///   - only: the rules to apply; empty for all.
  ///   - ignored: the rules to skip.
  /// - Throws: `UnknownRule` for the first unknown name.
  public init(only: [String] = [], ignoring ignored: [String] = []) throws(UnknownRule) {
    let names = Set(Self.all.map(\.name))
    if let unknown = (only + ignored).first(where: { !names.contains($0) }) {
      throw UnknownRule(name: unknown)
    }
    rules = Self.all.filter { (only.isEmpty || only.contains($0.name)) && !ignored.contains($0.name) }
  }

  /// Returns the findings, sorted by object.
  ///
  /// - Parameters:
  ///   - list: the objects of a mesh, in any order.
  ///   - values: the settings of the mesh's installation.
  ///   - release: the release of Istio; if it is nil, the behaviour of any release counts.
  ///   - assumesInjection: true to expect injection of pods without any sign of the mesh.
  public func findings(
    in list: ObjectList, values: MeshValues = MeshValues(), release: IstioRelease? = nil,
    assumesInjection: Bool = false
  ) -> LintResult {
    let mesh = Mesh(list, values, release: release, assumesInjection: assumesInjection)
    var findings: [Finding] = []
    for rule in rules {
      for var finding in rule.findings(in: mesh) {
        finding.rule = rule.name
        finding.severity = rule.severity
        finding.location = finding.location ?? list.locations[finding.object]
        findings.append(finding)
      }
    }
    return LintResult(
      findings: Self.ordered(findings),
      podsWithUndeterminedInjection: mesh.pods.count { $0.injectionStatus == .undetermined })
  }

  /// Sorts findings by object, then in the order of the rules.
  private static func ordered(_ findings: [Finding]) -> [Finding] {
    findings.enumerated().sorted { left, right in
      (left.element.object, left.offset) < (right.element.object, right.offset)
    }.map(\.element)
  }
}

/// The result of linting.
public struct LintResult: Sendable {
  public let findings: [Finding]
  /// The number of pods with undetermined injection status, which some rules skip.
  public let podsWithUndeterminedInjection: Int
}

/// The name of a rule that does not exist.
public struct UnknownRule: Error, Hashable, Sendable, CustomStringConvertible {
  public let name: String

  public var description: String {
    "\(name.quotedForMessage) is not a lint rule; the rules are \(Lint.rules.map(\.name).joined(separator: ", "))"
  }
}
