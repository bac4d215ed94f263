import Intercept
import KubernetesObjects

/// The templates of the injector: named parts of a pod; `sidecar` alone installs rules.
struct InjectionTemplates: Sendable {
  /// The template of Istio with the proxy and its rules.
  private static let sidecar = "sidecar"
  /// The other templates of Istio.
  private static let withoutRules: Set<String> = [
    "gateway", "grpc-simple", "grpc-agent", "waypoint", "kube-gateway", "agentgateway",
  ]

  /// The templates of pods that name none; empty for `sidecar`.
  var defaults: [String] = []
  /// Names that mean several templates.
  var aliases: [String: [String]] = [:]
  /// The templates that the installation adds or replaces.
  var custom: Set<String> = []

  /// The names of all templates; nil if the injector's configuration is not known.
  var known: Set<String>?

  mutating func fill(from other: InjectionTemplates) {
    if defaults.isEmpty { defaults = other.defaults }
    if aliases.isEmpty { aliases = other.aliases }
    if custom.isEmpty { custom = other.custom }
    if known == nil { known = other.known }
  }

  /// Returns the reason for which the templates of a pod install no rules; nil if they do.
  func reasonAgainstRules(_ pod: Pod) -> String? {
    let names = names(of: pod)
    if names.contains(Self.sidecar), !custom.contains(Self.sidecar) { return nil }
    let origin =
      Self.named(by: pod) == nil
      ? "the injector's default templates are" : "annotation \(IstioAnnotation.templates) is"
    let list = names.joined(separator: ",").quotedForMessage
    let unknown = names.first { !Self.withoutRules.contains($0) || custom.contains($0) }
    return unknown.map { "\(origin) \(list), and \($0.quotedForMessage) is not a template of Istio's" }
      ?? "\(origin) \(list), which installs none"
  }

  /// Returns the injector's refusal of a template that it does not have; nil if it has all.
  func problem(of pod: Pod) -> InjectionProblem? {
    guard let known, let name = names(of: pod).first(where: { !known.contains($0) }) else {
      return nil
    }
    let list = known.sorted().map(\.onOneLine).joined(separator: ", ")
    return InjectionProblem(
      "template \(name.quotedForMessage) does not exist; the injector has \(list)",
      remedy: "name templates of the injector's configuration: \(list)")
  }

  /// The templates in the pod's annotation; nil without one.
  private static func named(by pod: Pod) -> [String]? {
    pod.annotations[IstioAnnotation.templates]?.split(
      separator: ",", omittingEmptySubsequences: false
    ).map {
      $0.trimmingBlanks()
    }
  }

  private func names(of pod: Pod) -> [String] {
    (Self.named(by: pod) ?? (defaults.isEmpty ? [Self.sidecar] : defaults)).flatMap {
      aliases[$0] ?? [$0]
    }
  }
}
