import Intercept

extension Mesh {
  /// Whether a Service is the cluster's own, and none of the mesh's business.
  func isOfCluster(_ service: Service) -> Bool {
    MeshPod.Membership.systemNamespaces.contains(service.object.namespace)
  }

  /// The number of the pods' port that a Service's port leads to; where a name leads there and no pod is known, the
  /// Service's own.
  func podPort(of port: ServicePort, in service: Service) -> Port {
    switch port.target {
    case .number(let number): number == 0 ? port.number : number
    case .name(let name):
      pods(selectedBy: service.selector, in: service.object.namespace).lazy
        .flatMap(\.runningContainers).flatMap(\.ports).first { $0.name == name }?.number ?? port.number
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

  init(_ list: ObjectList, _ index: LabelIndex) {
    let byNamespace = Dictionary(grouping: list.services.filter { !$0.selector.isEmpty }) {
      $0.object.namespace
    }
    let bySelector = LabelIndex(list.services.map(\.selector))
    var known: [[String: String]: Front] = [:]
    for gateway in list.gateways {
      let front =
        known[gateway.selector] ?? Self.front(gateway.selector, list, index, byNamespace, bySelector)
      known[gateway.selector] = front
      fronts[gateway.object] = front
      objects.formUnion(front.services.map(\.object))
    }
  }

  /// Without a pod in sight, the Services that ask for at least the labels that the Gateway asks for.
  private static func front(
    _ selector: [String: String], _ list: ObjectList, _ index: LabelIndex, _ services: [String: [Service]],
    _ bySelector: LabelIndex
  ) -> Front {
    let pods = index.indexes(selector).map { list.pods[$0] }
    guard !pods.isEmpty else {
      return Front(services: bySelector.indexes(selector).map { list.services[$0] })
    }
    var found: [Service] = []
    var seen: Set<Kind> = []
    for pod in pods where seen.insert(Kind(namespace: pod.object.namespace, labels: pod.labels)).inserted {
      found += (services[pod.object.namespace] ?? []).filter { $0.selector.isSatisfied(by: pod.labels) }
    }
    var taken: Set<ObjectName> = []
    return Front(services: found.filter { taken.insert($0.object).inserted }, pods: pods)
  }

  func contains(_ object: ObjectName) -> Bool { objects.contains(object) }

  /// Pods that no selector tells apart.
  private struct Kind: Hashable {
    let namespace: String
    let labels: [String: String]
  }
}
