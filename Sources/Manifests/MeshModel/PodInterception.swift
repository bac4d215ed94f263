package import Intercept
import KubernetesObjects
import ManifestText
import SidecarInjection

/// The interception settings of a pod, from its annotations and its init container. They are the same for all pods of
/// a workload and computed once.
struct PodInterception: Sendable {
  /// Everything that the settings depend on.
  struct Inputs: Hashable {
    let annotations: [String: String]
    let container: String?
    let arguments: [String]
    let environment: [String: String]
    let proxy: [Int64?]
    let proxyRole: String?
    let namespace: Namespace
    let proxyConfig: ObjectName?
    let revision: String?
    let injectionLabel: String?
    let usesHostNetwork: Bool
    let hasInjectionStatus: Bool
    let exclusion: String?

    init(_ pod: Pod, _ context: InjectionContext) {
      annotations = pod.annotations
      let container = pod.ruleContainer
      self.container = container?.name
      arguments = container?.arguments ?? []
      environment = container?.environment ?? [:]
      proxy = [pod.proxy?.securityContext.user, pod.proxy?.securityContext.group]
      proxyRole = pod.proxy?.proxyRole
      namespace = context.namespace(of: pod)
      proxyConfig = context.workloadProxyConfig(of: pod)
      revision = pod.labels[IstioLabel.revision]
      injectionLabel = pod.labels[IstioLabel.inject]
      usesHostNetwork = pod.usesHostNetwork
      hasInjectionStatus = pod.hasInjectionStatus
      exclusion = context.exclusion(of: pod)
    }
  }

  private(set) var proxy: EffectiveProxyConfig?
  /// The ports that the rules capture; nil if there are no rules, or they are unknown. Of options that Istio rejects,
  /// those that it does not.
  private(set) var capturedPorts: CapturedPorts?
  /// The reasons for which Istio's injector rejects the pod.
  private(set) var problems: [InjectionProblem] = []

  init(_ pod: Pod, _ context: InjectionContext) {
    do throws(ManifestError) {
      let injector = try Injector(pod, context)
      proxy = injector.proxy
      readPorts(pod, injector)
    } catch {
      if let injector = try? Injector(pod.without(annotation: IstioAnnotation.proxyConfig), context) {
        readPorts(pod, injector)
      }
      reject(pod, "\(error)", remedy: "correct the YAML of annotation \(IstioAnnotation.proxyConfig)")
    }
  }

  private mutating func readPorts(_ pod: Pod, _ injector: Injector) {
    do throws(ManifestError) {
      let options = try PodOptions(pod, injector)
      let ports = CapturedPorts(options)
      problems = options.noRules == nil ? ports.problems : injector.problems
      capturedPorts = options.noRules == nil ? ports : nil
    } catch {
      proxy = nil
      reject(pod, "\(error)", remedy: "complete the arguments of the container")
    }
  }

  private mutating func reject(_ pod: Pod, _ text: String, remedy: String) {
    // The finding adds the name of each pod.
    let prefix = "\(pod.object): "
    let problem = InjectionProblem(
      text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text, remedy: remedy)
    problems.insert(problem, at: 0)
  }
}

/// The ports that a pod's rules capture, and the proxy's owners.
package struct CapturedPorts: Sendable {
  /// A list of ports and the name of its option.
  package struct PortList: Sendable {
    /// The ranges; nil for `*`.
    package let ranges: [PortRange]?
    package let name: String

    package func contains(_ port: Port) -> Bool { ranges?.contains { $0.contains(port) } ?? true }

    /// - Parameter unreadable: the ranges of a list that Istio rejects.
    fileprivate init(
      _ option: OptionName, _ options: Options, orElse unreadable: [PortRange]?,
      _ read: (inout OptionReader, OptionName) -> [PortRange]?
    ) {
      var reader = OptionReader(options)
      let list = read(&reader, option)
      ranges = (try? reader.finish()) == nil ? unreadable : list
      name = options[option]?.name ?? option.flag ?? ""
    }
  }

  package let inbound: PortList
  package let excludedInbound: PortList
  package let outbound: PortList
  package let excludedOutbound: PortList
  package let users: [String]
  package let groups: [String]
  /// The auto-allocated addresses that the proxy has listeners for.
  let autoAllocatedAddresses: AutoAllocatedAddresses
  /// The reasons for which Istio's injector or its init container rejects the options.
  let problems: [InjectionProblem]

  init(_ pod: PodOptions) {
    let options = Options(manifest: pod.given)
    inbound = PortList(.inboundPorts, options, orElse: nil) { $0.portsOrStar($1) }
    excludedInbound = PortList(.excludedInboundPorts, options, orElse: []) { $0.ports($1) }
    outbound = PortList(.outboundPorts, options, orElse: []) { $0.ports($1) }
    excludedOutbound = PortList(.excludedOutboundPorts, options, orElse: []) { $0.ports($1) }
    var reader = OptionReader(options)
    users = options[.proxyUID]?.items ?? [UserID.defaultProxy.description]
    groups = options[.proxyGID].map(\.items) ?? users
    autoAllocatedAddresses = AutoAllocatedAddresses(
      capturesDNS: Configuration(reading: &reader, facts: StubHostFacts()).dns != .none,
      dnsAutoAllocate: pod.dnsAutoAllocate)
    problems = pod.problems.isEmpty ? Self.problems(&reader) : pod.problems
  }

  private static func problems(_ reader: inout OptionReader) -> [InjectionProblem] {
    var problems: [InjectionProblem] = []
    do {
      try reader.finish()
    } catch {
      // Some lists are read twice.
      for problem in error.problems.map(\.description) where !problems.contains(where: { $0.text == problem })
      {
        problems.append(InjectionProblem(problem, remedy: remedy(of: problem)))
      }
    }
    return problems
  }

  /// The accepted values: the last part of the problem's text, `OPTION: 'VALUE': give ...`.
  private static func remedy(of problem: String) -> String {
    guard let quote = problem.ranges(of: "': ").last else { return problem }
    return String(problem[quote.upperBound...])
  }

  /// Returns true if the rules redirect inbound connections to this port to the proxy.
  package func captures(_ port: Port) -> Bool {
    inbound.contains(port) && (inbound.ranges != nil || !excludedInbound.contains(port))
  }
}

/// Stub host facts for linting: every user and group name resolves, to arbitrary ids.
private struct StubHostFacts: HostFacts {
  func user(named name: String) -> UserID? { .defaultProxy }
  func group(named name: String) -> GroupID? { .defaultProxy }
  func nameservers() throws -> [IPAddress] { [] }
  func usesIPv6(pastFirst: Bool) throws -> Bool { true }
}
