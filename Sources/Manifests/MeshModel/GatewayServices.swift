package import KubernetesObjects

/// The Services of gateways: those that select the pods of a Gateway.
package struct GatewayServices: Sendable {
  /// The Services and pods of one Gateway.
  package struct Backend: Sendable {
    package var services: [Service] = []
    package var pods: [Pod] = []
  }

  private var backends: [ObjectName: Backend] = [:]
  private var objects: Set<ObjectName> = []

  init(_ list: ObjectList, _ pods: LabelIndex) {
    let indexes = Indexes(
      pods: pods, services: SelectorIndex(list.services.map { ($0.object.namespace, $0.selector) }),
      selectors: LabelIndex(list.services.map(\.selector)))
    var known: [[String: String]: Backend] = [:]
    for gateway in list.gateways {
      let backend = known[gateway.selector] ?? Self.backend(gateway.selector, list, indexes)
      if known.updateValue(backend, forKey: gateway.selector) == nil {
        objects.formUnion(backend.services.map(\.object))
      }
      backends[gateway.object] = backend
    }
  }

  private struct Indexes {
    let pods: LabelIndex
    let services: SelectorIndex
    let selectors: LabelIndex
  }

  /// Returns the Services that select the gateway's pods. If the list contains none of the pods, returns the Services
  /// whose selector contains the Gateway's.
  private static func backend(_ selector: [String: String], _ list: ObjectList, _ indexes: Indexes) -> Backend
  {
    let pods = indexes.pods.indexes(selector).map { list.pods[$0] }
    guard !pods.isEmpty else {
      return Backend(services: indexes.selectors.indexes(selector).map { list.services[$0] })
    }
    var found: Set<Int> = []
    var seen: Set<SelectionKey> = []
    for pod in pods
    where seen.insert(SelectionKey(namespace: pod.object.namespace, labels: pod.labels)).inserted {
      found.formUnion(indexes.services.indexes(selecting: pod.labels, in: pod.object.namespace))
    }
    return Backend(services: found.sorted().map { list.services[$0] }, pods: pods)
  }

  /// Everything that a selector tests: pods with equal keys are selected alike.
  private struct SelectionKey: Hashable {
    let namespace: String
    let labels: [String: String]
  }

  package func contains(_ service: ObjectName) -> Bool { objects.contains(service) }

  package func backend(of gateway: ObjectName) -> Backend { backends[gateway] ?? Backend() }
}
