import KubernetesObjects

/// The settings of a mesh's installation: Istio's Helm values, as YAML or JSON, or the ConfigMaps of the control plane.
///
/// The values are either all values (`helm get values istiod`), or only the part under `global.proxy`.
public struct MeshValues: Sendable {
  /// The values that are read, by their path from the top.
  package enum Path: String, CaseIterable {
    case includeIPRanges = "global.proxy.includeIPRanges"
    case excludeIPRanges = "global.proxy.excludeIPRanges"
    case includeInboundPorts = "global.proxy.includeInboundPorts"
    case excludeInboundPorts = "global.proxy.excludeInboundPorts"
    case includeOutboundPorts = "global.proxy.includeOutboundPorts"
    case excludeOutboundPorts = "global.proxy.excludeOutboundPorts"
    case statusPort = "global.proxy.statusPort"
    case clusterDomain = "global.proxy.clusterDomain"
    case holdApplicationUntilProxyStarts = "global.proxy.holdApplicationUntilProxyStarts"
    case istioNamespace = "global.istioNamespace"
    case nativeNftables = "global.nativeNftables"
    case proxyListenPort = "meshConfig.proxyListenPort"
    case proxyInboundListenPort = "meshConfig.proxyInboundListenPort"
    case httpProxyPort = "meshConfig.proxyHttpPort"
    case rootNamespace = "meshConfig.rootNamespace"
    case interceptionMode = "meshConfig.defaultConfig.interceptionMode"
    case defaultHoldApplication = "meshConfig.defaultConfig.holdApplicationUntilProxyStarts"
    case automaticMutualTLS = "meshConfig.enableAutoMtls"
    case outboundPolicy = "meshConfig.outboundTrafficPolicy.mode"
    case ingressControllerMode = "meshConfig.ingressControllerMode"
    case ingressClass = "meshConfig.ingressClass"
    case ingressService = "meshConfig.ingressService"
    case ingressSelector = "meshConfig.ingressSelector"
    /// The policy for pods that request nothing: `enabled` or `disabled`.
    case autoInject = "global.proxy.autoInject"
    case rewriteProbes = "sidecarInjectorWebhook.rewriteAppHTTPProbe"
    case nativeSidecars = "pilot.env.ENABLE_NATIVE_SIDECARS"
    case externalNameAlias = "pilot.env.ENABLE_EXTERNAL_NAME_ALIAS"
    case addressAllocation = "pilot.env.PILOT_ENABLE_IP_AUTOALLOCATE"
    case dualStack = "pilot.env.ISTIO_DUAL_STACK"
    case alphaGatewayAPI = "pilot.env.PILOT_ENABLE_ALPHA_GATEWAY_API"
    case cniEnabled = "pilot.cni.enabled"
    case formerCNIEnabled = "istio_cni.enabled"

    var names: ArraySlice<String> { rawValue.split(separator: ".").map(String.init)[...] }
  }

  /// The namespaces of objects without `exportTo`, by the objects' kind.
  package struct DefaultExports: Equatable, Sendable {
    package var services: [String] = []
    package var virtualServices: [String] = []
  }

  var values: [Path: SourcedValue] = [:]
  var proxyMetadata: [String: SourcedValue] = [:]
  package var defaultExports = DefaultExports()
  var templates = InjectionTemplates()
  /// Selectors of pods that are never injected, unless they request it.
  var neverInject: [LabelSelector] = []
  /// Selectors of other pods that are injected whatever the policy.
  var alwaysInject: [LabelSelector] = []
  /// Warnings: valid values that are probably mistakes, and ConfigMaps that cannot be read.
  public internal(set) var warnings: [String] = []

  /// An installation with Istio's defaults.
  public init() {}

  package subscript(path: Path) -> String? { values[path]?.text }

  func value(_ path: Path) -> SourcedValue? { values[path] }

  package func isTrue(_ path: Path) -> Bool { self[path] == "true" }

  /// True if proxies use mutual TLS to endpoints that accept it without a DestinationRule.
  package var enablesAutomaticMutualTLS: Bool { self[.automaticMutualTLS] != "false" }

  /// True if Istio's CNI plugin installs the rules.
  var usesCNI: Bool { isTrue(.cniEnabled) || isTrue(.formerCNIEnabled) }

  /// Adds the settings of another source for everything that this one lacks.
  mutating func fill(from other: MeshValues) {
    values.merge(other.values) { mine, _ in mine }
    proxyMetadata.merge(other.proxyMetadata) { mine, _ in mine }
    if defaultExports.services.isEmpty { defaultExports.services = other.defaultExports.services }
    if defaultExports.virtualServices.isEmpty {
      defaultExports.virtualServices = other.defaultExports.virtualServices
    }
    templates.fill(from: other.templates)
    if neverInject.isEmpty { neverInject = other.neverInject }
    if alwaysInject.isEmpty { alwaysInject = other.alwaysInject }
    warnings += other.warnings
  }
}
