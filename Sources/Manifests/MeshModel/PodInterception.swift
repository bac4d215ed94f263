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
    let proxyUser: Int64?

    init(_ pod: Pod) {
      annotations = pod.annotations
      let container = pod.ruleContainer
      self.container = container?.name
      arguments = container?.arguments ?? []
      environment = container?.environment ?? [:]
      proxyUser = pod.proxy?.securityContext.user
    }
  }

  private(set) var proxy: ProxyConfig?
  /// The ports that the rules capture; nil if there are no rules, or they are unknown.
  private(set) var capturedPorts: CapturedPorts?
  /// The reasons for which Istio's injector rejects the pod.
  private(set) var problems: [InjectionProblem] = []

  init(_ pod: Pod, _ mesh: MeshValues, _ release: IstioRelease) {
    do throws(ManifestError) {
      let injector = try Injector(pod, mesh, release)
      proxy = injector.proxy
      readPorts(pod, injector)
    } catch {
      reject(pod, error, remedy: "correct the YAML of annotation \(IstioAnnotation.proxyConfig)")
    }
  }

  private mutating func readPorts(_ pod: Pod, _ injector: Injector) {
    guard injector.mode.text != "NONE" else { return }
    do throws(ManifestError) {
      let ports = CapturedPorts(try PodOptions(pod, injector))
      problems = ports.problems
      capturedPorts = problems.isEmpty ? ports : nil
    } catch {
      proxy = nil
      reject(pod, error, remedy: "complete the arguments of the container")
    }
  }

  private mutating func reject(_ pod: Pod, _ error: ManifestError, remedy: String) {
    // The finding adds the name of each pod.
    let prefix = "\(pod.object): "
    let text = error.description
    problems = [
      InjectionProblem(
        text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text, remedy: remedy)
    ]
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
    var reader = OptionReader(Options(manifest: pod.given))
    let options = reader.options
    func named(_ option: OptionName, _ ranges: [PortRange]?) -> PortList {
      PortList(ranges: ranges, name: options[option]?.name ?? option.flag ?? "")
    }
    inbound = named(.inboundPorts, reader.portsOrStar(.inboundPorts))
    excludedInbound = named(.excludedInboundPorts, reader.ports(.excludedInboundPorts))
    outbound = named(.outboundPorts, reader.ports(.outboundPorts))
    excludedOutbound = named(.excludedOutboundPorts, reader.ports(.excludedOutboundPorts))
    users = options[.proxyUID]?.items ?? ["1337"]
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
  func group(named name: String) -> GroupID? { GroupID("1337") }
  func nameservers() throws -> [IPAddress] { [] }
  func usesIPv6(pastFirst: Bool) throws -> Bool { true }
}
