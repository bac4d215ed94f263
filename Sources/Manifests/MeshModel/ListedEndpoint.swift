import Intercept
import KubernetesObjects

/// An address in the EndpointSlices of a Service, with the ports of all slices that have it.
struct ListedEndpoint: Sendable {
  let address: IPAddress
  /// The name of the node.
  let node: String?
  /// The ports, by the names of the Service's ports.
  private(set) var ports: [String: Port]
}

extension ListedEndpoint {
  /// Returns the endpoints of each Service, by namespace and name.
  static func byService(_ slices: [ServiceEndpoints]) -> [String: [ListedEndpoint]] {
    Dictionary(grouping: slices) { "\($0.namespace)/\($0.service)" }.mapValues(merged)
  }

  private static func merged(_ slices: [ServiceEndpoints]) -> [ListedEndpoint] {
    var found: [ListedEndpoint] = []
    var indexes: [IPAddress: Int] = [:]
    for slice in slices {
      for endpoint in slice.endpoints {
        for address in endpoint.addresses {
          if let index = indexes[address] {
            found[index].ports.merge(slice.ports) { first, _ in first }
          } else {
            indexes[address] = found.count
            found.append(ListedEndpoint(address: address, node: endpoint.node, ports: slice.ports))
          }
        }
      }
    }
    return found
  }
}
