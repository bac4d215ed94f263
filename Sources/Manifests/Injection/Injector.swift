import Intercept

/// What Istio's injector would give a pod's init container, from the pod's annotations and the mesh's values.
struct Injector {
  private let pod: Pod
  private let mesh: MeshValues
  let release: IstioRelease
  let proxy: ProxyConfig

  /// - Throws: `ManifestError` where an annotation cannot be read.
  init(_ pod: Pod, _ mesh: MeshValues, _ release: IstioRelease) throws(ManifestError) {
    self.pod = pod
    self.mesh = mesh
    self.release = release
    proxy = try ProxyConfig(mesh, pod)
  }

  /// What every annotation about traffic begins with.
  static let traffic = "traffic.sidecar.istio.io/"

  /// The interception mode: REDIRECT, TPROXY or NONE.
  var mode: PodOption {
    let found = annotation("sidecar.istio.io/interceptionMode") ?? proxy.interceptionMode
    return option(.interceptionMode, found, default: "REDIRECT")
  }

  /// The user that a container of the pod's own, written to change how the proxy is set up, runs as. In TPROXY mode the
  /// injector does not follow it, and never follows it to root.
  private var proxyUser: PodOption {
    let user = mode.text == "TPROXY" ? nil : pod.proxy?.runsAs.user
    let found = user.flatMap { user in
      user == 0
        ? nil
        : FoundValue(text: "\(user)", source: .container("istio-proxy", word: "securityContext.runAsUser"))
    }
    return option(.proxyUID, found, default: "1337")
  }

  /// The options, in the order in which the injector writes them. Of those given twice the first counts.
  var options: [PodOption] {
    var options = [
      option(.envoyPort, mesh.found(.proxyListenPort), default: "15001"),
      option(.inboundCapturePort, mesh.found(.proxyInboundListenPort), default: "15006"),
      proxyUser, mode,
      traffic(.outboundCIDRs, "includeOutboundIPRanges", .includeIPRanges, default: "*"),
      traffic(.excludedOutboundCIDRs, "excludeOutboundIPRanges", .excludeIPRanges, default: ""),
      traffic(.inboundPorts, "includeInboundPorts", .includeInboundPorts, default: "*"), excludedInboundPorts,
    ]
    options += ifAny(.outboundPorts, "includeOutboundPorts", .includeOutboundPorts)
    options += ifAny(.excludedOutboundPorts, "excludeOutboundPorts", .excludeOutboundPorts)
    options += interfaces
    if mesh.isTrue(.nativeNftables), let found = mesh.found(.nativeNftables) {
      options.append(option(.nativeNftables, found, default: ""))
    }
    return options + variables
  }

  func annotation(_ name: String) -> FoundValue? {
    pod.annotations[name].map { FoundValue(text: $0, source: .annotation(name)) }
  }

  private func option(_ option: OptionName, _ found: FoundValue?, default: String) -> PodOption {
    PodOption(option, found?.text ?? `default`, [found?.source ?? .injector])
  }

  private func traffic(_ name: OptionName, _ annotation: String, _ path: MeshValues.Path, default: String)
    -> PodOption
  {
    option(name, self.annotation(Self.traffic + annotation) ?? mesh.found(path), default: `default`)
  }

  /// An option that the injector leaves out where nobody gives it.
  private func ifAny(_ option: OptionName, _ name: String, _ path: MeshValues.Path) -> [PodOption] {
    let found = annotation(Self.traffic + name) ?? mesh.found(path).flatMap { $0.text.isEmpty ? nil : $0 }
    return found.map { [PodOption(option, $0.text, [$0.source])] } ?? []
  }

  /// The newer name of the annotation about virtual machines' interfaces wins.
  private var interfaces: [PodOption] {
    let virtual =
      annotation("istio.io/reroute-virtual-interfaces") ?? annotation(Self.traffic + "kubevirtInterfaces")
    let excluded = annotation(Self.traffic + "excludeInterfaces")
    return [(OptionName.virtualInterfaces, virtual), (.excludedInterfaces, excluded)].compactMap {
      option, found in
      found.map { PodOption(option, $0.text, [$0.source]) }
    }
  }

  /// The ports of Prometheus and of the health checks, the status port, and what is excluded besides.
  private var excludedInboundPorts: PodOption {
    let status = annotation("status.sidecar.istio.io/port") ?? mesh.found(.statusPort)
    let excluded = annotation(Self.traffic + "excludeInboundPorts") ?? mesh.found(.excludeInboundPorts)
    let ports = Self.excluded(status?.text ?? "15020", besides: excluded?.text ?? "")
    let sources = [excluded?.source, status?.source, .injector].compactMap(\.self)
    return PodOption(.excludedInboundPorts, ports.isEmpty ? "15090,15021" : "15090,15021,\(ports)", sources)
  }

  /// A list with the status port in it, as the injector puts it there: last, unless it is there already.
  private static func excluded(_ status: String, besides list: String) -> String {
    let status = status.trimmingBlanks()
    guard !status.isEmpty, status != "0" else { return list }
    let ports = list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard !ports.contains(status) else { return list }
    return (ports.map { $0.trimmingBlanks() }.filter { !$0.isEmpty } + [status]).joined(separator: ",")
  }

  /// What the variables of the proxy say, which the init container has as well; flags go before them.
  private var variables: [PodOption] {
    OptionName.allCases.filter(\.isAboutRules).compactMap { option in
      let name = option.variables.first { name in
        proxy.metadata[name].map { Options(environment: [name: $0.text])[option] != nil } ?? false
      }
      return name.flatMap { proxy.metadata[$0] }.map { PodOption(option, $0.text, [$0.source]) }
    }
  }
}
