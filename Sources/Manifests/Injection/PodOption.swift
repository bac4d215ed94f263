public import Intercept

/// An option that a pod's rules are made with.
public struct PodOption: Hashable, Sendable {
  public let option: OptionName
  public let text: String
  /// Where it comes from; more than one where the injector puts it together.
  public let sources: [OptionSource]

  init(_ option: OptionName, _ text: String, _ sources: [OptionSource]) {
    self.option = option
    self.text = text
    self.sources = sources
  }

  /// What messages about it name: where somebody can change it.
  var name: String {
    switch sources.first {
    case .annotation(let name): name
    case .meshValues(let path): path
    case .container(let container, let word): "\(container): \(word)"
    case .proxyMetadata: "\(ProxyConfig.annotation): \(option.variables.first ?? option.rawValue)"
    case .injector, nil: option.flag ?? option.rawValue
    }
  }
}

extension OptionName {
  /// Whether the option says which rules there are, and not how a program goes about it.
  var isAboutRules: Bool {
    switch self {
    case .envoyPort, .inboundCapturePort, .inboundTunnelPort, .proxyUID, .proxyGID, .interceptionMode,
      .inboundPorts, .excludedInboundPorts, .excludedInterfaces, .outboundCIDRs, .excludedOutboundCIDRs,
      .outboundPorts, .excludedOutboundPorts, .virtualInterfaces, .tproxyMark, .tproxyRouteTable,
      .redirectDNS,
      .captureAllDNS, .dropInvalid, .dualStack, .nativeNftables, .forceIptablesBinary, .ownerGroups,
      .excludedOwnerGroups, .loopbackCIDR:
      true
    case .networkNamespace, .reconcile, .cleanupOnly, .forceApply, .skipRuleApply, .runValidation, .cniMode,
      .probePort, .probeTimeout, .dryRun, .istioRelease, .ipFamily, .dnsServers, .profile, .pid,
      .restoreFormat, .outputPaths, .hostNSEnter, .iptablesVersion,
      .traceLogging, .logOutputLevel, .logAsJSON, .logTarget, .logCaller, .logStacktraceLevel, .logRotate,
      .logRotateMaxAge, .logRotateMaxBackups, .logRotateMaxSize, .vklog:
      false
    }
  }
}
