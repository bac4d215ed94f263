import Intercept

extension Mesh {
  /// Whether a Service is the cluster's own, and none of the mesh's business.
  func isOfCluster(_ service: Service) -> Bool {
    MeshPod.InjectionStatus.systemNamespaces.contains(service.object.namespace)
  }

  /// The number of the pods' port that a Service's port leads to; nil where a name leads there, and no pod in the
  /// list has it.
  func podPort(of port: ServicePort, in service: Service) -> Port? {
    switch port.target {
    case .number(let number): number == 0 ? port.number : number
    case .name(let name):
      pods(selectedBy: service.selector, in: service.object.namespace).lazy
        .flatMap(\.runningContainers).flatMap(\.ports).first { $0.name == name }?.number
    }
  }

  /// The host that a route names, in whole: a name without dots is of the route's own namespace.
  func fullName(_ host: String, in namespace: String) -> String {
    host.contains(".") || host == "*" ? host : "\(host).\(namespace).svc.\(domain)"
  }
}

/// The Services of gateways: those that select the pods that Gateways select.
struct GatewayServices: Sendable {
  /// The Services of a Gateway, and whether anything runs it.
  struct Front: Sendable {
    var services: [Service] = []
    var pods: [Pod] = []
  }

  private(set) var fronts: [ObjectName: Front] = [:]
  private(set) var objects: Set<ObjectName> = []

  init(_ list: ObjectList, _ pods: LabelIndex) {
    let indexes = Indexes(
      pods: pods, services: SelectorIndex(list.services.map { ($0.object.namespace, $0.selector) }),
      selectors: LabelIndex(list.services.map(\.selector)))
    var known: [[String: String]: Front] = [:]
    for gateway in list.gateways {
      let front = known[gateway.selector] ?? Self.front(gateway.selector, list, indexes)
      if known.updateValue(front, forKey: gateway.selector) == nil {
        objects.formUnion(front.services.map(\.object))
      }
      fronts[gateway.object] = front
    }
  }

  private struct Indexes {
    let pods: LabelIndex
    let services: SelectorIndex
    let selectors: LabelIndex
  }

  /// Without a pod in sight, the Services that ask for at least the labels that the Gateway asks for.
  private static func front(_ selector: [String: String], _ list: ObjectList, _ indexes: Indexes) -> Front {
    let pods = indexes.pods.indexes(selector).map { list.pods[$0] }
    guard !pods.isEmpty else {
      return Front(services: indexes.selectors.indexes(selector).map { list.services[$0] })
    }
    var found: Set<Int> = []
    var seen: Set<Kind> = []
    for pod in pods where seen.insert(Kind(namespace: pod.object.namespace, labels: pod.labels)).inserted {
      found.formUnion(indexes.services.indexes(selecting: pod.labels, in: pod.object.namespace))
    }
    return Front(services: found.sorted().map { list.services[$0] }, pods: pods)
  }

  func contains(_ object: ObjectName) -> Bool { objects.contains(object) }

  /// Pods that no selector tells apart.
  private struct Kind: Hashable {
    let namespace: String
    let labels: [String: String]
  }
}
