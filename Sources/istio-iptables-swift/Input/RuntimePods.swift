import Intercept
import Netfilter
import PodDecisions
import RuleCommands
import Synchronization

/// The pods of this node, as its container runtime reports them.
final class RuntimePods: PodLookup {
  /// The subcommands that make the rules of the options, not those that read the kernel's.
  private static let builders: Subcommands = [.apply, .print]

  /// The pod that was found last: a command asks for its namespace and its options.
  private let last = Mutex<(reference: PodReference, pod: RuntimePod)?>(nil)

  func openNamespace(of pod: PodReference) throws -> (NetworkNamespace, process: Int32?) {
    try find(pod).openNamespace()
  }

  private func find(_ reference: PodReference) throws(CommandError) -> RuntimePod {
    if let last = last.withLock({ $0 }), last.reference == reference { return last.pod }
    let pod = try RuntimePod(reference)
    last.withLock { $0 = (reference, pod) }
    return pod
  }

  func options(of pod: PodReference, besides options: Options) throws -> GivenOptions? {
    let pod = try find(pod)
    switch try pod.options() {
    case .given(let derived): return derived
    case .none(let reason):
      let buildsRules = Self.builders.contains(GoArguments.ofProcess.subcommand.alone)
      guard buildsRules, !options.selectsRules else { return nil }
      throw CommandError("\(pod) gets no rules: \(reason)", status: PodSource.noRules)
    }
  }
}
