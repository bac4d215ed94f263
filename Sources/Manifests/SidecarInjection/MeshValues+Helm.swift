import Intercept
import KubernetesObjects
public import ManifestText

extension MeshValues {
  /// Reads Helm values.
  ///
  /// - Throws: `ManifestError` if the text is not an object, or a value has a wrong type.
  public init(_ text: String) throws(ManifestError) {
    try self.init(helm: text) { .meshValues($0) }
  }

  /// - Parameter source: the origin of a value by its path.
  init(helm text: String, source: (String) -> OptionSource) throws(ManifestError) {
    self.init()
    let values = try DocumentReader.only(text)
    do throws(FieldProblem) {
      try read(JSONObject(values, as: "an object of Helm values"), source)
    } catch {
      throw ManifestError(error)
    }
  }

  private mutating func read(_ root: JSONObject, _ source: (String) -> OptionSource) throws(FieldProblem) {
    let isWhole = HelmNames.top.contains(where: root.has)
    for path in Path.allCases where isWhole || path.names.starts(with: ["global", "proxy"]) {
      try read(path, isWhole ? path.names : path.names.dropFirst(2), in: root, source)
    }
    if let mesh = try root.object("meshConfig") { try readLists(mesh, source) }
    if let webhook = try root.object("sidecarInjectorWebhook") { try readWebhook(webhook) }
    warnOfUnknownValues(root, isWhole: isWhole)
  }

  /// Reads a MeshConfig.
  mutating func readMesh(_ mesh: JSONObject, _ source: (String) -> OptionSource) throws(FieldProblem) {
    for path in Path.allCases where path.names.first == "meshConfig" {
      try read(path, path.names.dropFirst(), in: mesh, source)
    }
    try readLists(mesh, source)
  }

  /// Reads the members of a MeshConfig that are lists or maps.
  private mutating func readLists(_ mesh: JSONObject, _ source: (String) -> OptionSource) throws(FieldProblem)
  {
    defaultExports.services = try mesh.strings("defaultServiceExportTo")
    defaultExports.virtualServices = try mesh.strings("defaultVirtualServiceExportTo")
    let variables = try mesh.object("defaultConfig")?.object("proxyMetadata")
    for name in variables?.names ?? [] {
      let text = try variables?.scalarText(name)
      proxyMetadata[name] = text.map {
        SourcedValue(text: $0, source: source("meshConfig.defaultConfig.proxyMetadata"))
      }
    }
  }

  private mutating func readWebhook(_ webhook: JSONObject) throws(FieldProblem) {
    templates.defaults = try webhook.strings("defaultTemplates")
    templates.custom = Set(try webhook.object("templates")?.names ?? [])
    try readSelectors(webhook)
  }

  /// Reads the selectors of the injector, from Helm values or its own configuration.
  mutating func readSelectors(_ json: JSONObject) throws(FieldProblem) {
    let never = try json.objects("neverInjectSelector").map(LabelSelector.init)
    let always = try json.objects("alwaysInjectSelector").map(LabelSelector.init)
    if !never.isEmpty { neverInject = never }
    if !always.isEmpty { alwaysInject = always }
  }

  /// - Parameter names: the path of the value from the root.
  private mutating func read(
    _ path: Path, _ names: ArraySlice<String>, in root: JSONObject, _ source: (String) -> OptionSource
  ) throws(FieldProblem) {
    var object = root
    for name in names.dropLast() {
      guard let next = try object.object(name) else { return }
      object = next
    }
    guard let text = try object.scalarText(names.last ?? "") else { return }
    values[path] = SourcedValue(text: text, source: source(path.rawValue))
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

extension ManifestError {
  /// A problem in a document of settings.
  init(_ problem: FieldProblem) {
    let path = problem.path.fromTop
    self.init((path.isEmpty ? "" : path.onOneLine + ": ") + problem.text, line: problem.path.line)
  }
}
