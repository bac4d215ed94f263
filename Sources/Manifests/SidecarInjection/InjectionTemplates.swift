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

  mutating func fill(from other: InjectionTemplates) {
    if defaults.isEmpty { defaults = other.defaults }
    if aliases.isEmpty { aliases = other.aliases }
    if custom.isEmpty { custom = other.custom }
  }

  /// Returns the reason for which the templates of a pod install no rules; nil if they do.
  func reasonAgainstRules(_ pod: Pod) -> String? {
    let named = pod.annotations[IstioAnnotation.templates]?.split(
      separator: ",", omittingEmptySubsequences: false
    ).map { $0.trimmingBlanks() }
    let names = (named ?? (defaults.isEmpty ? [Self.sidecar] : defaults)).flatMap { aliases[$0] ?? [$0] }
    if names.contains(Self.sidecar), !custom.contains(Self.sidecar) { return nil }
    let origin =
      named == nil ? "the injector's default templates are" : "annotation \(IstioAnnotation.templates) is"
    let list = names.joined(separator: ",").quotedForMessage
    let unknown = names.first { !Self.withoutRules.contains($0) || custom.contains($0) }
    return unknown.map { "\(origin) \(list), and \($0.quotedForMessage) is not a template of Istio's" }
      ?? "\(origin) \(list), which installs none"
  }
}
