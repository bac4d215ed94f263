/// Routes within a listener, as inbound ones have them.
struct EnvoyRoutesJSON: Decodable {
  let name: String?
  private let virtualHosts: [Host]?

  private struct Host: Decodable {
    let routes: [Route]?
  }

  private struct Route: Decodable {
    let route: Action?

    var clusters: [String] {
      (route?.cluster).map { [$0] } ?? route?.weightedClusters?.names ?? []
    }
  }

  private struct Action: Decodable {
    let cluster: String?
    let weightedClusters: EnvoyWeightedClusters?
  }

  /// Where the routes lead; nothing if one of them leads where no cluster is named.
  var clusters: [String] {
    let each = (virtualHosts ?? []).flatMap { $0.routes ?? [] }.map(\.clusters)
    return each.contains([]) ? [] : each.flatMap(\.self)
  }
}
