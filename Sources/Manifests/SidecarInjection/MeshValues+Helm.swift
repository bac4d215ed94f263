import Intercept
import KubernetesObjects
public import ManifestText

extension MeshValues {
  /// Reads Helm values.
  ///
  /// - Throws: `ManifestError` if the text is not a JSON object, or a value has a wrong type.
  public init(_ text: String) throws(ManifestError) {
    try self.init(helm: text) { .meshValues($0) }
  }

  /// - Parameter source: the origin of a value by its path.
  init(helm text: String, source: (String) -> OptionSource) throws(ManifestError) {
    self.init()
    let isJSON = try JSONDocument.read(text[...]) { decoder throws(ManifestError) in
      do throws(FieldProblem) {
        try read(JSONObject(decoder, as: "an object of Helm values"), source)
      } catch {
        let path = error.path.from(.top)
        throw ManifestError((path.isEmpty ? "" : path.onOneLine + ": ") + error.text)
      }
    }
    if !isJSON { throw .notJSON }
  }

  private mutating func read(_ root: JSONObject, _ source: (String) -> OptionSource) throws(FieldProblem) {
    let isWhole = HelmNames.top.contains(where: root.has)
    for path in Path.allCases where isWhole || path.names.starts(with: ["global", "proxy"]) {
      let text = try Self.text(isWhole ? path.names : path.names.dropFirst(2), in: root)
      values[path] = text.map { SourcedValue(text: $0, source: source(path.rawValue)) }
    }
    let mesh = try root.object("meshConfig")
    defaultExports.services = try mesh?.strings("defaultServiceExportTo") ?? []
    defaultExports.virtualServices = try mesh?.strings("defaultVirtualServiceExportTo") ?? []
    let variables = try mesh?.object("defaultConfig")?.object("proxyMetadata")
    for name in variables?.names ?? [] {
      let text = try variables?.scalarText(name)
      proxyMetadata[name] = text.map {
        SourcedValue(text: $0, source: source("meshConfig.defaultConfig.proxyMetadata"))
      }
    }
    if let webhook = try root.object("sidecarInjectorWebhook") { try readWebhook(webhook) }
    warnOfUnknownValues(root, isWhole: isWhole)
  }

  private mutating func readWebhook(_ webhook: JSONObject) throws(FieldProblem) {
    templates.defaults = try webhook.strings("defaultTemplates")
    templates.custom = Set(try webhook.object("templates")?.names ?? [])
    neverInject = try webhook.objects("neverInjectSelector").map(LabelSelector.init)
  }

  private static func text(_ names: ArraySlice<String>, in root: JSONObject) throws(FieldProblem) -> String? {
    guard let name = names.first else { return nil }
    guard names.count > 1 else { return try root.scalarText(name) }
    return try root.object(name).flatMap { json throws(FieldProblem) in try text(names.dropFirst(), in: json)
    }
  }

  /// Values without any name of Istio's chart are probably nested wrongly.
  private mutating func warnOfUnknownValues(_ root: JSONObject, isWhole: Bool) {
    let global = isWhole ? (try? root.object("global"))?.names ?? [] : []
    let isKnown =
      isWhole
      ? root.names.contains { $0 != "global" && HelmNames.top.contains($0) }
        || global.contains { HelmNames.global.contains($0) } || global.isEmpty
      : root.names.isEmpty || root.names.contains { HelmNames.proxy.contains($0) }
    guard !isKnown else { return }
    warnings.append(
      """
      the mesh values contain no known setting, only \(root.names.map(\.onOneLine).sentence); give Istio's Helm values \
      from the top, as in {"global": {"proxy": {"includeIPRanges": "*"}}}, or only the part under global.proxy
      """)
  }
}

/// The names of values in Istio's Helm charts (`istiod/values.yaml`), by level.
private enum HelmNames {
  static let top: Set<String> = [
    "global", "meshConfig", "pilot", "sidecarInjectorWebhook", "istio_cni", "cni", "gateways", "revision",
    "revisionTags", "defaultRevision", "telemetry", "base", "istiodRemote", "ownerName", "profile",
    "compatibilityVersion", "experimental", "ztunnel", "platform", "variant", "networkPolicy",
  ]
  static let global: Set<String> = [
    "proxy", "proxy_init", "network", "meshID", "multiCluster", "hub", "tag", "variant", "istioNamespace",
    "imagePullPolicy", "imagePullSecrets", "istiod", "logAsJson", "logging", "nativeNftables", "caAddress",
    "caName", "certSigners", "configCluster", "configValidation", "defaultNodeSelector",
    "defaultPodDisruptionBudget", "defaultResources", "defaultTolerations", "externalIstiod", "ipFamilies",
    "ipFamilyPolicy", "jwtPolicy", "meshNetworks", "mountMtlsCerts", "omitSidecarInjectorConfigMap",
    "oneNamespace", "operatorManageWebhooks", "pilotCertProvider", "platform", "podDNSSearchNamespaces",
    "priorityClassName", "remotePilotAddress", "sds", "sts", "tracer", "trustBundleName", "waypoint",
    "agentgateway", "gatewayClasses", "istioRemote", "resourceScope", "networkPolicy", "meshConfig",
    "useMCP", "autoscalingv2API", "enableTracing", "systemNamespace",
  ]
  static let proxy: Set<String> = [
    "includeIPRanges", "excludeIPRanges", "includeInboundPorts", "excludeInboundPorts",
    "includeOutboundPorts",
    "excludeOutboundPorts", "statusPort", "clusterDomain", "holdApplicationUntilProxyStarts", "autoInject",
    "componentLogLevel", "image", "lifecycle", "logLevel", "outlierLogPath", "privileged",
    "readinessFailureThreshold", "readinessInitialDelaySeconds", "readinessPeriodSeconds", "resources",
    "seccompProfile", "startupProbe", "tracer", "enableCoreDump", "capNetBindService", "runAsUser",
    "runAsGroup",
  ]
}
