public import KubernetesObjects

/// A pod for which Istio installs no rules, and the reason.
public struct NoRules: Hashable, Sendable, CustomStringConvertible {
  public let object: ObjectName
  /// A clause: `it uses the host's network (hostNetwork: true)`.
  public let reason: String

  public var description: String { "\(object): no rules, because \(reason)" }
}
