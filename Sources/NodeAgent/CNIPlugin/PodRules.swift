public import Intercept
import KubernetesObjects

/// The options of a pod's rules, as Istio's plugin derives them.
public struct PodRules: Sendable {
  public let configuration: Configuration
  public let run: RunOptions
  /// Valid settings that are probably mistakes.
  public let warnings: [String]

  /// - Parameters:
  ///   - pod: the facts of the pod.
  ///   - addresses: the pod's addresses, which determine the families; if there are none, the namespace's do.
  ///   - isNative: true for rules of nftables form.
  ///   - facts: the addresses of the namespace, asked if `addresses` is empty.
  /// - Throws: `InvalidOptions` with every annotation that is wrong.
  public init(
    _ pod: PluginPod, _ addresses: [IPAddress], isNative: Bool, facts: some HostFacts
  ) throws(InvalidOptions) {
    let flags = GivenOptions(pod, addresses, isNative: isNative)
    var reader = OptionReader(Options(environment: { _ in nil }, manifest: flags))
    var run = RunOptions(reading: &reader)
    let configuration = Configuration(reading: &reader, facts: facts)
    configuration.limitOwnerGroups(run.form, &reader)
    try reader.finish()
    configuration.advise(&reader)
    // The namespace is new: rules that are there already are those of an ADD that was not finished.
    run.reconciles = true
    self.run = run
    self.configuration = configuration
    warnings = reader.warnings
  }
}

extension GivenOptions {
  /// The options of a pod's rules, each named after its source.
  ///
  /// - Parameters:
  ///   - pod: the facts of the pod.
  ///   - addresses: the pod's addresses, which determine the families; none to leave those to the namespace.
  ///   - isNative: true for rules of nftables form.
  package init(_ pod: PluginPod, _ addresses: [IPAddress], isNative: Bool) {
    self.init()
    func set(_ option: OptionName, _ name: String, _ text: String) {
      self[option] = Options.Given(name: name, text: text)
    }
    func annotation(_ option: OptionName, _ names: String..., else text: String?) {
      let name = names.first { pod.annotations[$0] != nil } ?? names[0]
      guard let text = pod.annotations[name] ?? text else { return }
      set(option, "annotation \(name)", text)
    }
    set(.envoyPort, "Istio's port", Port.envoyOutbound.description)
    set(.proxyUID, "runAsUser of the proxy", Self.owner(pod.proxyUser))
    set(.proxyGID, "runAsGroup of the proxy", Self.owner(pod.proxyGroup))
    annotation(.interceptionMode, IstioAnnotation.interceptionMode, else: "REDIRECT")
    annotation(.outboundCIDRs, IstioAnnotation.includeOutboundIPRanges, else: "*")
    annotation(.excludedOutboundCIDRs, IstioAnnotation.excludeOutboundIPRanges, else: "")
    annotation(.inboundPorts, IstioAnnotation.includeInboundPorts, else: "*")
    set(
      .excludedInboundPorts, "annotation \(IstioAnnotation.excludeInboundPorts)",
      Self.excludedInboundPorts(pod.annotations[IstioAnnotation.excludeInboundPorts]))
    annotation(.outboundPorts, IstioAnnotation.includeOutboundPorts, else: nil)
    annotation(
      .excludedOutboundPorts, IstioAnnotation.excludeOutboundPorts, else: Port.agentStatus.description)
    annotation(.excludedInterfaces, IstioAnnotation.excludeInterfaces, else: nil)
    annotation(
      .virtualInterfaces, IstioAnnotation.rerouteVirtualInterfaces, IstioAnnotation.kubevirtInterfaces,
      else: nil)
    if pod.isOn("ISTIO_META_DNS_CAPTURE") {
      set(.redirectDNS, "ISTIO_META_DNS_CAPTURE", "true")
      set(.captureAllDNS, "ISTIO_META_DNS_CAPTURE", "true")
    }
    if pod.isOn("INVALID_DROP") { set(.dropInvalid, "INVALID_DROP", "true") }
    if pod.isOn("ISTIO_DUAL_STACK") { set(.dualStack, "ISTIO_DUAL_STACK", "true") }
    if !addresses.isEmpty {
      set(.ipFamily, "prevResult", addresses.contains { $0.family == .ipv6 } ? "dual" : "ipv4")
    }
    if isNative { set(.nativeNftables, "native_nftables", "true") }
  }

  /// The proxy's user or group; root means the default, as in Istio.
  private static func owner(_ number: UInt32?) -> String {
    number.flatMap { $0 == 0 ? nil : "\($0)" } ?? UserID.defaultProxy.description
  }

  /// The ports of an annotation with those of the proxy: its status, readiness and metrics ports.
  private static func excludedInboundPorts(_ annotation: String?) -> String {
    let own = [Port.agentStatus, .envoyReadiness, .envoyMetrics].map(\.description)
    let listed = (annotation ?? "").split(separator: ",").map { String($0).trimmingBlanks() }
    return (listed + own).reduce(into: [String]()) { ports, port in
      if !ports.contains(port) { ports.append(port) }
    }.joined(separator: ",")
  }
}

extension PluginPod {
  /// True if a variable of the proxy is a true value of Go's `strconv.ParseBool`.
  fileprivate func isOn(_ variable: String) -> Bool {
    environment[variable].flatMap(Bool.init(goText:)) ?? false
  }
}
