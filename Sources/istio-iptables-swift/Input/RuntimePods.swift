import Intercept
import Netfilter
import PodDecisions
import RuleCommands

/// The pods of this node, as its container runtime reports them.
struct RuntimePods: PodLookup {
  /// The subcommands that make the rules of the options, not those that read the kernel's.
  private static let builders: Subcommands = [.apply, .print]

  func openNamespace(of pod: PodReference) throws -> (NetworkNamespace, process: Int32?) {
    try RuntimePod(pod).openNamespace()
  }

  func options(of pod: PodReference, besides options: Options) throws -> GivenOptions? {
    let pod = try RuntimePod(pod)
    switch try pod.options() {
    case .given(let derived): return derived
    case .none(let reason):
      let buildsRules = Self.builders.contains(GoArguments.ofProcess.subcommand.alone)
      guard buildsRules, !options.selectsRules else { return nil }
      throw CommandError("\(pod) gets no rules: \(reason)", status: PodSource.noRules)
    }
  }
}
