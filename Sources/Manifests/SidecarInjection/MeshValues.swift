import Intercept
import KubernetesObjects
public import ManifestText

/// The settings of a mesh's installation: Istio's Helm values, as YAML or JSON.
///
/// Either all values (`helm get values istiod`), or only the part under `global.proxy`.
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
    case rootNamespace = "meshConfig.rootNamespace"
    case interceptionMode = "meshConfig.defaultConfig.interceptionMode"
    case defaultHoldApplication = "meshConfig.defaultConfig.holdApplicationUntilProxyStarts"
    case outboundPolicy = "meshConfig.outboundTrafficPolicy.mode"
    case rewriteProbes = "sidecarInjectorWebhook.rewriteAppHTTPProbe"
    case nativeSidecars = "pilot.env.ENABLE_NATIVE_SIDECARS"

    var names: ArraySlice<String> { rawValue.split(separator: ".").map(String.init)[...] }
  }

  private var texts: [Path: String] = [:]
  private(set) var proxyMetadata: [String: String] = [:]
  /// The namespaces that a Service without `exportTo` is exported to.
  package private(set) var defaultExportTo: [String] = []
  /// Warnings: valid values that are probably mistakes.
  public private(set) var warnings: [String] = []

  /// An installation with Istio's defaults.
  public init() {}

  /// Reads values.
  ///
  /// - Throws: `ManifestError` if the text is not an object, or a value has a wrong type.
  public init(_ text: String) throws(ManifestError) {
    let values = try DocumentReader.only(text)
    do {
      try read(JSONObject(values, as: "an object of Helm values"))
    } catch {
      let path = error.path.fromTop
      throw ManifestError(
        (path.isEmpty ? "" : path.onOneLine + ": ") + error.text, line: error.path.line)
    }
  }

  private mutating func read(_ root: JSONObject) throws(FieldProblem) {
    if ["global", "meshConfig", "pilot", "sidecarInjectorWebhook"].contains(where: root.has) {
      for path in Path.allCases { texts[path] = try Self.text(path.names, in: root) }
    } else {
      let paths = Path.allCases.filter { $0.names.starts(with: ["global", "proxy"]) }
      for path in paths { texts[path] = try Self.text(path.names.dropFirst(2), in: root) }
    }
    let mesh = try root.object("meshConfig")
    defaultExportTo = try mesh?.strings("defaultServiceExportTo") ?? []
    let variables = try mesh?.object("defaultConfig")?.object("proxyMetadata")
    for name in variables?.names ?? [] { proxyMetadata[name] = try variables?.scalarText(name) }
    if texts.isEmpty, defaultExportTo.isEmpty, proxyMetadata.isEmpty { warnOfUnknownValues(root.names) }
  }

  private static func text(_ names: ArraySlice<String>, in root: JSONObject) throws(FieldProblem) -> String? {
    guard let name = names.first else { return nil }
    guard names.count > 1 else { return try root.scalarText(name) }
    return try root.object(name).flatMap { json throws(FieldProblem) in try text(names.dropFirst(), in: json)
    }
  }

  /// Values without any known path are probably nested wrongly.
  private mutating func warnOfUnknownValues(_ names: [String]) {
    guard !names.isEmpty else { return }
    warnings.append(
      """
      the mesh values contain no known setting, only \(names.map(\.onOneLine).sentence); give Istio's Helm values from \
      the top, as in {"global": {"proxy": {"includeIPRanges": "*"}}}, or only the part under global.proxy
      """)
  }

  package subscript(path: Path) -> String? { texts[path] }

  func value(_ path: Path) -> SourcedValue? {
    texts[path].map { SourcedValue(text: $0, source: .meshValues(path.rawValue)) }
  }

  func isTrue(_ path: Path) -> Bool { texts[path] == "true" }

  /// The auto-allocated addresses that all proxies have listeners for.
  package var autoAllocatedAddresses: AutoAllocatedAddresses {
    var reader = OptionReader(Options(environment: proxyMetadata))
    return AutoAllocatedAddresses(
      capturesDNS: reader.toggle(.redirectDNS), dnsAutoAllocate: proxyMetadata[IstioVariable.dnsAutoAllocate])
  }
}

/// The auto-allocated addresses that a proxy has listeners for.
///
/// Istio allocates addresses to hosts without one. Only proxies that answer DNS queries have listeners for them, because
/// no other pod learns these addresses.
package enum AutoAllocatedAddresses: Int, Comparable, Sendable {
  case none
  /// The addresses in the status of ServiceEntries.
  case inStatus
  /// An address for every host, in the status or not.
  case all

  /// - Parameters:
  ///   - capturesDNS: true if the app's DNS queries go to the proxy.
  ///   - dnsAutoAllocate: the proxy's variable `ISTIO_META_DNS_AUTO_ALLOCATE`; nil if it is not set.
  package init(capturesDNS: Bool, dnsAutoAllocate: String?) {
    let allocatesAll = dnsAutoAllocate.flatMap(Bool.init(goText:)) == true
    self = !capturesDNS ? .none : allocatesAll ? .all : .inStatus
  }

  package static func < (left: AutoAllocatedAddresses, right: AutoAllocatedAddresses) -> Bool {
    left.rawValue < right.rawValue
  }
}
