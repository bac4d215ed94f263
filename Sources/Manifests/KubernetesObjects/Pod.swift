package import Intercept
import ManifestText

/// A pod, or the pod template of a workload.
package struct Pod: Sendable {
  /// The object in the manifest: `Pod app/web`, `Deployment app/web`.
  package let object: ObjectName
  /// The labels of the pod, or of the workload's template.
  package let labels: [String: String]
  /// Istio's annotations of the pod, or of the workload's template.
  package private(set) var annotations: [String: String]
  /// True if the injector has recorded its status in the pod.
  package let hasInjectionStatus: Bool
  /// True if Istio's injector has changed the pod.
  package let isInjected: Bool
  /// Istio's annotations of the workload itself, which the injector does not read.
  package let workloadAnnotations: [String: String]
  package let controller: String?
  package let containers: [Container]
  package let initContainers: [Container]
  /// The containers that run as long as the pod does, native sidecars first.
  package let runningContainers: [Container]
  /// The running containers without the proxy.
  package let appContainers: [Container]
  package let securityContext: SecurityContext
  package let usesHostNetwork: Bool
  /// The DNS servers of `dnsConfig`, if `dnsPolicy` is `None`.
  package let nameservers: [String]
  package let addresses: [IPAddress]
  /// True if the pod has been created in a cluster: the injector will not change it any more.
  package let isLive: Bool

  /// True if all containers have ended: the pod is no endpoint any more.
  package let isFinished: Bool
  /// True if the pod is being deleted, or has the condition `Ready` with another status than `True`.
  private let isUnready: Bool
  /// The name of the node; nil before the pod is scheduled.
  package let node: String?

  /// - Parameters:
  ///   - json: the whole object.
  ///   - template: the object with the pod's metadata and spec; nil for a pod.
  init(_ json: JSONObject, template: JSONObject?, object: ObjectName, metadata: ObjectMeta)
    throws(FieldProblem)
  {
    self.object = object
    let own = try template.map(ObjectMeta.init) ?? metadata
    labels = own.labels
    annotations = own.annotations
    workloadAnnotations = template == nil ? [:] : metadata.annotations
    controller = metadata.controller
    let spec = try (template ?? json).object("spec")
    containers =
      try spec?.objects("containers").map { json throws(FieldProblem) in try Container(json) } ?? []
    initContainers =
      try spec?.objects("initContainers").map { json throws(FieldProblem) in
        try Container(json, isInit: true)
      } ?? []
    runningContainers = initContainers.filter(\.restartsAlways) + containers
    appContainers = runningContainers.filter { $0.name != IstioContainer.proxy }
    hasInjectionStatus = own.hasInjectionStatus
    isInjected =
      own.hasInjectionStatus
      || [initContainers, containers].joined().contains { $0.isRuleContainer || $0.isInjectedProxy }
    securityContext = try SecurityContext(spec)
    usesHostNetwork = try spec?.bool("hostNetwork") ?? false
    let dns = try spec?.object("dnsConfig")
    let servers = try dns?.strings("nameservers") ?? []
    nameservers = try spec?.string("dnsPolicy") == "None" ? servers : []
    let status = template == nil ? try json.object("status") : nil
    addresses = try Self.addresses(status)
    let phase = try status?.string("phase")
    isFinished = phase == "Succeeded" || phase == "Failed"
    isLive = !addresses.isEmpty || phase != nil
    let ready = try status?.objects("conditions").first { (try? $0.string("type")) == "Ready" }
    let isReady = try ready?.string("status").map { $0 == "True" } ?? true
    isUnready = !isReady || template == nil && metadata.isDeleted
    node = try spec?.string("nodeName")
  }

  private static func addresses(_ status: JSONObject?) throws(FieldProblem) -> [IPAddress] {
    var texts: [String] = []
    for entry in try status?.objects("podIPs") ?? [] { texts.append(try entry.string("ip") ?? "") }
    if texts.isEmpty { texts = [try status?.string("podIP") ?? ""] }
    return texts.compactMap { IPAddress($0) }
  }
}

extension Pod {
  /// The proxy's container, or the manifest's settings for the one that will be injected.
  package var proxy: Container? {
    (runningContainers + initContainers).first { $0.name == IstioContainer.proxy }
  }

  /// The init container that installs or checks the rules.
  package var ruleContainer: Container? {
    let candidates = (initContainers + containers).filter(\.isRuleContainer)
    return candidates.first { $0.name == IstioContainer.initialization } ?? candidates.first
  }
}

extension Pod {
  /// Returns true if the pod is an endpoint of the Services that select it.
  ///
  /// - Parameter evenUnready: true for Services that publish addresses before they are ready.
  package func isEndpoint(evenUnready: Bool) -> Bool { !isFinished && (evenUnready || !isUnready) }
}

extension Pod {
  /// The pod without one of its annotations.
  package func without(annotation name: String) -> Pod {
    var pod = self
    pod.annotations[name] = nil
    return pod
  }
}
