public import ContainerRuntime
public import Intercept

/// Decides which pods get rules, and which rules.
public protocol PodPolicy: Sendable {
  /// Returns the decision about a pod.
  ///
  /// - Parameters:
  ///   - pod: the sandbox. All its texts are untrusted.
  ///   - addresses: the pod's addresses, which determine the families.
  ///   - containers: the containers that exist already.
  func decision(_ pod: PodSandbox, _ addresses: [IPAddress], _ containers: [PodContainer]) -> PodDecision
}

/// The decision about the rules of a pod.
public enum PodDecision: Sendable {
  /// The pod gets no rules, for a reason.
  case skip(String)
  /// The pod gets rules.
  case redirect(PodRules)
  /// The pod's annotations are wrong; the text names the mistakes.
  case invalid(String)
}

/// The rules of a pod and the options for installing them.
public struct PodRules: Sendable {
  public let configuration: Configuration
  public let run: RunOptions

  public init(_ configuration: Configuration, _ run: RunOptions) {
    self.configuration = configuration
    self.run = run
  }
}
