import Intercept

/// What a mesh's installation sets for every pod: Istio's Helm values, as JSON.
///
/// Either all of them (`helm get values istiod -o json`), or what stands under `global.proxy` alone.
public struct MeshValues: Sendable {
  /// A value that is read, by its path from the top.
  enum Path: String, CaseIterable {
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
    case holdApplicationByDefault = "meshConfig.defaultConfig.holdApplicationUntilProxyStarts"
    case outboundPolicy = "meshConfig.outboundTrafficPolicy.mode"
    case rewriteProbes = "sidecarInjectorWebhook.rewriteAppHTTPProbe"
    case nativeSidecars = "pilot.env.ENABLE_NATIVE_SIDECARS"

    var names: ArraySlice<String> { rawValue.split(separator: ".").map(String.init)[...] }
  }

  private var texts: [Path: String] = [:]
  private(set) var proxyMetadata: [String: String] = [:]
  /// To whom a Service is exported that says nothing of it.
  private(set) var defaultExportTo: [String] = []
  /// What is not wrong and probably not meant.
  public private(set) var warnings: [String] = []

  /// An installation that sets nothing.
  public init() {}

  /// Reads values.
  ///
  /// - Throws: `ManifestError` where the text is no JSON object, or a value is not what it must be.
  public init(_ text: String) throws(ManifestError) {
    let isJSON = try JSONText.read(text[...]) { decoder throws(ManifestError) in
      do throws(FieldProblem) {
        try read(JSONObject(decoder, as: "an object of values"))
      } catch {
        let path = error.path.from(.top)
        throw ManifestError((path.isEmpty ? "" : path.onOneLine + ": ") + error.text)
      }
    }
    if !isJSON { throw .noJSON }
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
    if texts.isEmpty, defaultExportTo.isEmpty, proxyMetadata.isEmpty { warnAboutNothing(root.names) }
  }

  private static func text(_ names: ArraySlice<String>, in root: JSONObject) throws(FieldProblem) -> String? {
    guard let name = names.first else { return nil }
    guard names.count > 1 else { return try root.scalarText(name) }
    return try root.object(name).flatMap { node throws(FieldProblem) in try text(names.dropFirst(), in: node)
    }
  }

  /// Values that are there, and mean nothing to us, may stand in the wrong place.
  private mutating func warnAboutNothing(_ names: [String]) {
    guard !names.isEmpty else { return }
    warnings.append(
      """
      nothing in the mesh's values is read, which has \(names.map(\.onOneLine).sentence); give Istio's Helm values from the \
      top, as in {"global": {"proxy": {"includeIPRanges": "*"}}}, or what stands under global.proxy alone
      """)
  }

  subscript(path: Path) -> String? { texts[path] }

  func found(_ path: Path) -> FoundValue? {
    texts[path].map { FoundValue(text: $0, source: .meshValues(path.rawValue)) }
  }

  /// The addresses that every proxy knows.
  var givenAddresses: AutoAllocatedAddresses {
    var reader = OptionReader(Options(environment: proxyMetadata))
    return AutoAllocatedAddresses(
      capturesDNS: reader.toggle(.redirectDNS), allocates: proxyMetadata[AutoAllocatedAddresses.variable])
  }

  func isTrue(_ path: Path) -> Bool { texts[path] == "true" }
}
