import Intercept
package import KubernetesObjects
package import ManifestText

/// The options that Istio's injector writes into a pod's init container, from the pod's annotations and the settings of
/// the mesh.
package struct Injector {
  let pod: Pod
  let mesh: MeshValues
  let namespace: Namespace
  /// The reason for which the injector leaves the pod as it is; nil if it does not.
  let exclusion: String?
  let traits: InjectorTraits
  package let proxy: EffectiveProxyConfig

  /// - Throws: `ManifestError` if an annotation cannot be read.
  package init(_ pod: Pod, _ context: InjectionContext) throws(ManifestError) {
    self.pod = pod
    mesh = context.values(for: pod)
    namespace = context.namespace(of: pod)
    exclusion = context.exclusion(of: pod)
    traits = context.version.injectorTraits
    proxy = try EffectiveProxyConfig(pod, mesh, context.proxyConfigs(mesh))
  }

  /// The interception mode: REDIRECT, TPROXY or NONE.
  package var mode: PodOption {
    let found = annotation(IstioAnnotation.interceptionMode) ?? proxy.interceptionMode
    return option(.interceptionMode, found, default: "REDIRECT")
  }

  /// The options in the injector's order. The first of an option's values applies.
  package var options: [PodOption] {
    var options = [
      option(.envoyPort, mesh.value(.proxyListenPort), default: Port.envoyOutbound.description),
      option(
        .inboundCapturePort, traits.readsInboundListenPort ? mesh.value(.proxyInboundListenPort) : nil,
        default: Port.envoyInbound.description),
      option(.proxyUID, proxyUser, default: UserID.defaultProxy.description), mode,
      option(.outboundCIDRs, IstioAnnotation.includeOutboundIPRanges, .includeIPRanges, default: "*"),
      option(.excludedOutboundCIDRs, IstioAnnotation.excludeOutboundIPRanges, .excludeIPRanges, default: ""),
      option(.inboundPorts, IstioAnnotation.includeInboundPorts, .includeInboundPorts, default: "*"),
      excludedInboundPorts,
    ]
    options += optional(.outboundPorts, IstioAnnotation.includeOutboundPorts, .includeOutboundPorts)
    options += optional(.excludedOutboundPorts, IstioAnnotation.excludeOutboundPorts, .excludeOutboundPorts)
    options += interfaces
    if let group = proxyGroup { options.append(option(.proxyGID, group, default: "")) }
    if traits.readsNativeNftables, mesh.isTrue(.nativeNftables), let found = mesh.value(.nativeNftables) {
      options.append(option(.nativeNftables, found, default: ""))
    }
    return options + variables
  }

  func annotation(_ name: String) -> SourcedValue? {
    pod.annotations[name].map { SourcedValue(text: $0, source: .annotation(name)) }
  }

  private func option(_ option: OptionName, _ found: SourcedValue?, default: String) -> PodOption {
    PodOption(option, found?.text ?? `default`, [found?.source ?? .injector])
  }

  private func option(_ name: OptionName, _ annotation: String, _ path: MeshValues.Path, default: String)
    -> PodOption
  {
    option(name, self.annotation(annotation) ?? mesh.value(path), default: `default`)
  }

  /// An option that the injector omits if it has no value.
  private func optional(_ option: OptionName, _ name: String, _ path: MeshValues.Path) -> [PodOption] {
    let found = annotation(name) ?? mesh.value(path).flatMap { $0.text.isEmpty ? nil : $0 }
    return found.map { [PodOption(option, $0.text, [$0.source])] } ?? []
  }

  /// The interface options. The newer name of the annotation for virtual interfaces takes precedence.
  private var interfaces: [PodOption] {
    let rerouted = traits.readsReroutedInterfaces ? annotation(IstioAnnotation.rerouteVirtualInterfaces) : nil
    let virtual = rerouted ?? annotation(IstioAnnotation.kubevirtInterfaces)
    let excluded = annotation(IstioAnnotation.excludeInterfaces)
    return [(OptionName.virtualInterfaces, virtual), (.excludedInterfaces, excluded)].compactMap {
      option, found in
      found.map { PodOption(option, $0.text, [$0.source]) }
    }
  }

  /// The ports of Prometheus and of the health checks, the status port, and the annotation's ports.
  private var excludedInboundPorts: PodOption {
    let status = annotation(IstioAnnotation.statusPort) ?? mesh.value(.statusPort)
    let excluded = annotation(IstioAnnotation.excludeInboundPorts) ?? mesh.value(.excludeInboundPorts)
    let ports = Self.adding(status: status?.text ?? Port.agentStatus.description, to: excluded?.text ?? "")
    let fixed = "\(Port.envoyMetrics),\(Port.envoyReadiness)"
    let sources = [excluded?.source, status?.source, .injector].compactMap(\.self)
    return PodOption(.excludedInboundPorts, ports.isEmpty ? fixed : "\(fixed),\(ports)", sources)
  }

  /// Appends the status port to a list that does not contain it.
  private static func adding(status: String, to list: String) -> String {
    let status = status.trimmingBlanks()
    guard !status.isEmpty, status != "0" else { return list }
    let ports = list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard !ports.contains(status) else { return list }
    return (ports.map { $0.trimmingBlanks() }.filter { !$0.isEmpty } + [status]).joined(separator: ",")
  }

  /// The options in the proxy's variables, which the init container has as well; flags take precedence.
  private var variables: [PodOption] {
    OptionName.allCases.filter(\.selectsRules).compactMap { option in
      let name = option.variables.first { name in
        proxy.metadata[name].map { Options(environment: [name: $0.text])[option] != nil } ?? false
      }
      return name.flatMap { proxy.metadata[$0] }.map { PodOption(option, $0.text, [$0.source]) }
    }
  }
}
