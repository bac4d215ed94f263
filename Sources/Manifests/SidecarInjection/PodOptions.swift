public import Intercept
public import KubernetesObjects
public import ManifestText

/// The options of a pod's rules, each with its origin.
///
/// An injected pod has them in the arguments and variables of its init container. For any other pod they are the
/// options that Istio's injector would write there.
public struct PodOptions: Sendable {
  public let object: ObjectName
  public let options: [PodOption]
  /// The reasons for which the injector would reject the pod, although the options can be read.
  package let problems: [InjectionProblem]
  /// Warnings: valid settings that are probably mistakes.
  public internal(set) var warnings: [String] = []
  /// The pod's addresses, the primary one first; empty if the pod has none yet.
  public let addresses: [IPAddress]
  /// The DNS servers in the manifest.
  public let nameservers: [IPAddress]
  /// The HTTP probes of the app's containers, as the injected pod has them.
  public internal(set) var probes: [KubeletProbe] = []

  /// The name of the pod's node; nil before it is scheduled.
  package let node: String?
  /// The pod's labels, by which Services and Sidecars select it.
  public let labels: [String: String]
  /// The reason for which the pod gets no rules; nil if it gets some.
  public let noRules: NoRules?
  /// The release of Istio in the tag of the init container's image; nil if the tag has none.
  public let release: IstioRelease?
  /// The interception mode: REDIRECT, TPROXY or NONE.
  package let interceptionMode: String
  /// True if the proxy cannot bind to ports below 1024.
  package let isUnprivileged: Bool
  /// The proxy's variable `ISTIO_META_DNS_AUTO_ALLOCATE`; nil if it is not set.
  package let dnsAutoAllocate: String?

  /// - Throws: `ManifestError` if the options cannot be read.
  package init(_ pod: Pod, _ injector: Injector) throws(ManifestError) {
    object = pod.object
    addresses = pod.addresses
    labels = pod.labels
    node = pod.node
    isUnprivileged = pod.proxy?.isUnprivileged ?? false
    nameservers = pod.nameservers.compactMap { IPAddress(scoped: $0) }
    release = pod.ruleContainer?.istioRelease
    interceptionMode = injector.mode.text
    let variable = IstioVariable.dnsAutoAllocate
    dnsAutoAllocate =
      pod.ruleContainer.map { $0.environment[variable] } ?? injector.proxy.metadata[variable]?.text
    let reason = pod.ruleContainer == nil ? injector.reasonAgainstRules : nil
    noRules = reason.map { NoRules(object: pod.object, reason: $0) }
    if let container = pod.ruleContainer {
      let injected = try InjectedOptions(pod.object, container)
      options = container.name == IstioContainer.validation ? injected.options.ofPlugin : injected.options
      problems = []
      warnings = injected.warnings + injected.warnings(comparedWith: injector)
    } else {
      var seen: Set<OptionName> = []
      let first = injector.options.filter { seen.insert($0.option).inserted }
      options = reason != nil ? [] : injector.mesh.usesCNI ? first.ofPlugin : first
      problems = injector.problems
      warnings = problems.map { "\(pod.object): \($0.text); the injector rejects the pod" }
    }
    warnings += pod.injectionWarnings
  }

  /// The values, as `Options` reads them.
  public var given: GivenOptions {
    options.reduce(into: GivenOptions()) { given, option in
      if given[option.option] == nil {
        given[option.option] = Options.Given(name: option.name, text: option.text)
      }
    }
  }
}

extension Pod {
  /// Annotations that the injector does not read.
  fileprivate var injectionWarnings: [String] {
    workloadAnnotations.keys.sorted().filter { $0.hasPrefix(IstioAnnotation.trafficPrefix) }.map { name in
      "\(object): annotation \(name) is on the \(object.kind), where the injector does not read it; "
        + "move it to spec.template.metadata"
    }
  }

  /// True if the pod disables injection; the label takes precedence over the annotation.
  package var disablesInjection: Bool {
    (labels[IstioLabel.inject] ?? annotations[IstioAnnotation.inject]) == "false"
  }
}

extension ObjectList {
  /// Returns the options of one pod.
  ///
  /// - Parameters:
  ///   - name: `name` or `namespace/name`; needed if there are several pods.
  ///   - mesh: the settings of the mesh's installation.
  ///   - version: the version of the injector, for pods that have not been injected.
  /// - Throws: `ManifestError` if no pod or more than one matches, or its options cannot be read.
  public func podOptions(
    named name: String?, in mesh: MeshValues, version: IstioVersion = IstioVersion(.newest)
  ) throws(ManifestError) -> PodOptions {
    let pod = try pod(named: name)
    let context = InjectionContext(self, mesh, version)
    var options = try PodOptions(pod, Injector(pod, context))
    options.warnings = context.values(for: pod).warnings + options.warnings
    options.probes = pod.kubeletProbes(context.values(for: pod))
    return options
  }

  /// Returns the only matching pod or workload.
  private func pod(named name: String?) throws(ManifestError) -> Pod {
    let found = name.map { name in pods.filter { $0.object.name == name || $0.object.path == name } } ?? pods
    if found.count == 1, let pod = found.first { return pod }
    guard !pods.isEmpty else {
      guard problems.isEmpty else {
        throw ManifestError("no pod that can be read in it; \(problems[0].error)")
      }
      let kinds = Set(kinds).sorted().prefix(5).joined(separator: ", ")
      throw ManifestError(
        "no pod and no object with a pod template in it; found: \(kinds.isEmpty ? "nothing" : kinds)")
    }
    guard !found.isEmpty else {
      throw ManifestError(
        "no pod is named \((name ?? "").quotedForMessage); there are \(Self.names(pods))")
    }
    if let first = found.first, found.allSatisfy({ $0.object.path == first.object.path }) {
      throw ManifestError("\(first.object.path) occurs \(found.count) times; give the file of one of them")
    }
    throw ManifestError("there are \(found.count) pods; choose one with --name: \(Self.names(found))")
  }

  private static func names(_ pods: [Pod]) -> String {
    let names = pods.prefix(5).map(\.object.path).joined(separator: ", ")
    return pods.count > 5 ? "\(names) and \(pods.count - 5) more" : names
  }
}

extension ObjectList {
  /// The number of pods and workloads.
  public var podCount: Int { pods.count }

  /// Returns the pod with an address as `namespace/name`; nil if there is none.
  public func podPath(_ address: IPAddress) -> String? {
    pods.first { !$0.isFinished && !$0.usesHostNetwork && $0.addresses.contains(address) }?.object.path
  }
}
