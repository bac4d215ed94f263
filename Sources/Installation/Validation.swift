public import Intercept
public import Netfilter

/// Istio's `--run-validation`: a connection that the rules of a namespace must redirect to the proxy's ports.
public struct Validation: Sendable {
  private let configuration: Configuration
  /// True if the options do not name the ports of the proxy, and those of the live rules are not known.
  private let arePortsUnknown: Bool
  /// The configuration of the options, whose families are probed.
  private let given: Configuration
  private let run: RunOptions
  private let namespace: NetworkNamespace

  /// - Parameters:
  ///   - configuration: the configuration of the rules.
  ///   - run: the options of the run.
  ///   - guesses: true to take the options that explain the live rules instead, if they can be read.
  ///   - namespace: the namespace to probe; the one of the options is ignored.
  public init(
    _ configuration: Configuration, _ run: RunOptions, guesses: Bool = false, in namespace: NetworkNamespace
  ) {
    let active = guesses ? try? ActiveRules(run.backend(in: namespace)) : nil
    given = configuration
    arePortsUnknown = guesses && active == nil
    self.configuration = active?.guess?.configuration ?? configuration
    self.run = run
    self.namespace = namespace
  }

  /// Probes each family in turn.
  public func perform() throws(ValidationFailure) -> InstallationReport {
    var captured: [CapturedProbe] = []
    for family in try families() {
      captured.append(try probe(family, after: captured))
    }
    if let inbound = InboundDiagnosis(
      configuration, captured.map(\.target.address.family), run.backend(in: namespace))
    {
      throw .inboundNotCaptured(inbound, after: captured)
    }
    let foreign = RedirectionPorts(configuration, in: namespace)?.foreign ?? []
    return InstallationReport(.validated(captured), warnings: foreign)
  }

  private func probe(
    _ family: IPFamily, after captured: [CapturedProbe]
  ) throws(ValidationFailure) -> CapturedProbe {
    let probe = Probe(configuration, family, port: run.probePort)
    do {
      let listener = try namespace.run { try probe.run(within: run.probeTimeout) }
      return CapturedProbe(target: probe.target, listener: listener)
    } catch ProbeError.missed(let missed) where arePortsUnknown && missed.end != .arrived {
      throw .untried(
        "\(missed); other ports of the proxy are possible, since the rules cannot be read: give -p and -z")
    } catch ProbeError.missed(let missed) {
      let diagnosis = ProbeDiagnosis(missed, of: family, configuration, run.backend(in: namespace))
      throw .notCaptured(missed, diagnosis, after: captured)
    } catch {
      throw .untried("\(error)")
    }
  }

  /// The family of the namespace's first address, as with Istio; both if the user asks for both.
  private func families() throws(ValidationFailure) -> [IPFamily] {
    if run.probesEveryFamily { return given.families }
    guard given.includesIPv6 else { return [.ipv4] }
    do {
      let isIPv6 = try namespace.run { try NamespaceAddresses.read().usesIPv6(dualStack: false) }
      return [isIPv6 ? .ipv6 : .ipv4]
    } catch {
      throw .untried("\(error)")
    }
  }
}

/// A probe that arrived at a listener of the proxy.
public struct CapturedProbe: Hashable, Sendable {
  public let target: Endpoint
  public let listener: Endpoint
}

extension CapturedProbe: CustomStringConvertible {
  public var description: String { "validated: a connection to \(target) reaches \(listener)" }
}

/// Reason why rules are not validated.
public enum ValidationFailure: Error, Hashable, Sendable {
  /// A probe was not redirected; `after` are the probes before it that were.
  case notCaptured(MissedProbe, ProbeDiagnosis, after: [CapturedProbe])
  /// The probes were redirected, but the rules let inbound connections pass.
  case inboundNotCaptured(InboundDiagnosis, after: [CapturedProbe])
  /// The probe could not be made, or proves nothing.
  case untried(String)
}

extension ValidationFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notCaptured(let missed, let diagnosis, _):
      let head = "validation failed, the workload is not ready for Istio: \(missed)"
      let advice = diagnosis.hasRules || missed.end.isRedirected ? [] : [Self.advice]
      return ([head] + diagnosis.lines + advice).joined(separator: "\n")
    case .inboundNotCaptured(let diagnosis, _):
      return "validation failed, the workload is not ready for Istio: \(diagnosis)"
    case .untried(let reason): return "validation could not be tried: \(reason)"
    }
  }

  private static let advice = """
    With Istio CNI, a pod that was scheduled before its node was ready must be deleted and created again; \
    cni.repair.deletePods=true does that.
    """
}

extension MissedProbe.End {
  /// True if the connection did not come to its destination, so that a rule decides about it.
  fileprivate var isRedirected: Bool {
    switch self {
    case .refusedElsewhere, .elsewhere, .unanswered: true
    case .arrived, .failed: false
    }
  }
}
