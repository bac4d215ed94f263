import ArgumentParser
import Intercept
import Netfilter

/// Istio's `--run-validation`: whether the rules of a namespace do what they are for.
struct Validation {
  private let configuration: Configuration
  private let run: RunOptions
  private let namespace: NetworkNamespace

  init(_ settings: Settings) {
    configuration = settings.configuration
    run = settings.run
    namespace = NetworkNamespace(settings.run.namespace)
  }

  /// - Throws: `CommandError` with Istio's status if a connection is not redirected.
  func perform() throws {
    for family in try families() {
      let probe = Probe(configuration, family, port: run.probePort)
      do {
        let listener = try namespace.run { try probe.run(within: run.probeTimeout) }
        Console.note("validated: a connection to \(probe.target) comes to \(listener)")
      } catch let error as ProbeError {
        throw failure(error, family)
      }
    }
  }

  /// As with Istio, that of the namespace's first address; both, where the user names both.
  private func families() throws -> [IPFamily] {
    if run.probesEveryFamily { return configuration.families }
    guard configuration.includesIPv6 else { return [.ipv4] }
    let isIPv6 = try namespace.run { try NamespaceAddresses.read().useIPv6(pastFirst: false) }
    return [isIPv6 ? .ipv6 : .ipv4]
  }

  private func failure(_ error: ProbeError, _ family: IPFamily) -> CommandError {
    let reason = ProbeDiagnosis(error, of: family, configuration, RuleStore(run)).lines
    let lines = ["validation failed, the workload is not ready for Istio: \(error)"] + reason + [Self.advice]
    return CommandError(lines.joined(separator: "\n"), status: .notValidated)
  }

  private static let advice = """
    With Istio CNI, a pod that was scheduled before its node was ready must be deleted and made anew; \
    cni.repair.deletePods=true has that done.
    """
}

extension ExitCode {
  /// By which Istio's CNI plugin tells that a pod has no rules.
  fileprivate static let notValidated = ExitCode(126)
}
