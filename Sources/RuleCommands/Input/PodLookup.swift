package import Intercept
package import Netfilter

/// A lookup of the pods of this node by name, for `--pod-name`.
package protocol PodLookup: Sendable {
  /// Opens a pod's network namespace.
  ///
  /// - Returns: the namespace, and a process in it, if one is known.
  /// - Throws: `CommandError` if the pod is not found, or its namespace cannot be entered.
  func openNamespace(of pod: PodReference) throws -> (NetworkNamespace, process: Int32?)

  /// Returns the options that the CNI plugin derives for a pod; nil for a pod without rules if the options of the
  /// process select rules, or its subcommand reads live ones.
  ///
  /// - Parameters:
  ///   - pod: the name of the pod.
  ///   - options: the options of the process.
  /// - Throws: `CommandError` if the pod is not found, or gets no rules.
  func options(of pod: PodReference, besides options: Options) throws -> GivenOptions?
}

extension OptionName {
  /// True for an option that needs a lookup of pods.
  package var needsPodLookup: Bool { self == .runtimePod || self == .runtimeSocket }
}
