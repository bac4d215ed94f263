import Intercept

/// A pod, or a workload by the pods it makes.
struct Pod: Sendable {
  /// What the manifest describes: `Pod app/web`, `Deployment app/web`.
  let object: ObjectName
  /// The pod's own metadata, in a workload its template's.
  let labels: [String: String]
  let annotations: [String: String]
  /// Whether Istio's injector has been at work.
  let isInjected: Bool
  /// Annotations of the workload's, which no injector reads.
  let workloadAnnotations: [String: String]
  let controller: String?
  let containers: [Container]
  let initContainers: [Container]
  /// All containers that run as long as the pod does, native sidecars first.
  let runningContainers: [Container]
  /// Those of them that are the app's own.
  let appContainers: [Container]
  let runsAs: RunsAs
  let usesHostNetwork: Bool
  let nameservers: [String]
  let addresses: [IPAddress]
  /// Whether a cluster knows the pod: what it has not got now, it will not get.
  let isLive: Bool

  /// - Parameters:
  ///   - node: the whole object.
  ///   - template: what holds the pod's metadata and spec; nil in a pod, which does so itself.
  init(_ node: JSONObject, template: JSONObject?, object: ObjectName, metadata: Metadata) throws(FieldProblem)
  {
    self.object = object
    let own = try template.map(Metadata.init) ?? metadata
    labels = own.labels
    annotations = own.annotations
    workloadAnnotations = template == nil ? [:] : metadata.annotations
    controller = metadata.controller
    let spec = try (template ?? node).object("spec")
    containers = try spec?.objects("containers").map(Container.init) ?? []
    initContainers = try spec?.objects("initContainers").map(Container.init) ?? []
    runningContainers = initContainers.filter(\.restartsAlways) + containers
    appContainers = runningContainers.filter { $0.name != Container.proxyName }
    isInjected =
      own.hasInjectionStatus
      || [initContainers, containers].joined().contains { $0.isAboutRules || $0.isMadeProxy }
    runsAs = try RunsAs(spec)
    usesHostNetwork = try spec?.bool("hostNetwork") ?? false
    let dns = try spec?.object("dnsConfig")
    let servers = try dns?.strings("nameservers") ?? []
    nameservers = try spec?.string("dnsPolicy") == "None" ? servers : []
    let status = template == nil ? try node.object("status") : nil
    addresses = try Self.addresses(status)
    let phase = try status?.string("phase")
    isLive = !addresses.isEmpty || phase != nil
  }

  private static func addresses(_ status: JSONObject?) throws(FieldProblem) -> [IPAddress] {
    var texts: [String] = []
    for entry in try status?.objects("podIPs") ?? [] { texts.append(try entry.string("ip") ?? "") }
    if texts.isEmpty { texts = [try status?.string("podIP") ?? ""] }
    return texts.compactMap { IPAddress($0) }
  }
}

extension Pod {
  /// The proxy, if it is in the pod, or what the pod says of the one that it will get.
  var proxy: Container? { runningContainers.first { $0.name == Container.proxyName } }

  /// The init container that makes or checks the rules.
  var ruleContainer: Container? {
    let made = (initContainers + containers).filter(\.isAboutRules)
    return made.first { $0.name == Container.initName } ?? made.first
  }
}
