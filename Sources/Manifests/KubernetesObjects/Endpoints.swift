package import Intercept
import ManifestText

/// Endpoints of a Service with the same ports: an EndpointSlice, or a subset of the older Endpoints.
package struct ServiceEndpoints: Sendable {
  /// A ready endpoint.
  package struct Endpoint: Sendable {
    /// The addresses; host names are not read.
    package let addresses: [IPAddress]
    /// The name of the node.
    package let node: String?
  }

  /// The name of the Service, in its own namespace.
  package let service: String
  package let namespace: String
  /// The ports of each endpoint, by the names of the Service's ports.
  package let ports: [String: Port]
  /// The ready endpoints.
  package let endpoints: [Endpoint]
}

extension ServiceEndpoints {
  /// Reads an EndpointSlice.
  ///
  /// - Returns: nil without a Service.
  init?(slice json: JSONObject, _ metadata: ObjectMeta) throws(FieldProblem) {
    guard let service = metadata.labels["kubernetes.io/service-name"] else { return nil }
    self.service = service
    namespace = metadata.namespace
    ports = try Self.ports(json)
    var endpoints: [Endpoint] = []
    for endpoint in try json.objects("endpoints") {
      guard try endpoint.object("conditions")?.bool("ready") ?? true else { continue }
      let addresses = try endpoint.strings("addresses").compactMap { IPAddress($0) }
      endpoints.append(Endpoint(addresses: addresses, node: try endpoint.string("nodeName")))
    }
    self.endpoints = endpoints
  }

  /// Reads an Endpoints object, which has the Service's name.
  static func all(_ json: JSONObject, _ metadata: ObjectMeta) throws(FieldProblem)
    -> [ServiceEndpoints]
  {
    try json.objects("subsets").map { subset throws(FieldProblem) in
      let endpoints = try subset.objects("addresses").map { address throws(FieldProblem) in
        try Endpoint(
          addresses: [address.string("ip").flatMap { IPAddress($0) }].compactMap(\.self),
          node: address.string("nodeName"))
      }
      return ServiceEndpoints(
        service: metadata.name, namespace: metadata.namespace, ports: try ports(subset),
        endpoints: endpoints)
    }
  }

  /// Reads the member `ports`. A port without a number stands for every port, which Istio does not follow.
  private static func ports(_ json: JSONObject) throws(FieldProblem) -> [String: Port] {
    var ports: [String: Port] = [:]
    for port in try json.objects("ports") {
      guard let number = try port.port("port") else { continue }
      ports[try port.string("name") ?? ""] = number
    }
    return ports
  }
}

/// An Istio WorkloadEntry: a workload outside Kubernetes.
package struct WorkloadEntry: Sendable {
  package let object: ObjectName
  package let labels: [String: String]
  package let endpoint: WorkloadEndpoint

  init(_ json: JSONObject, object: ObjectName, metadata: ObjectMeta) throws(FieldProblem) {
    self.object = object
    let endpoint = try WorkloadEndpoint(json.object("spec"))
    // Labels of the object select it as well.
    labels = metadata.labels.merging(endpoint.labels) { _, own in own }
    self.endpoint = endpoint
  }
}

/// The address of a workload: the specification of a WorkloadEntry, or an endpoint of a ServiceEntry.
package struct WorkloadEndpoint: Sendable {
  /// An IP address, a host name, or `unix://` and a path.
  package let host: String
  /// The ports by the names of the ServiceEntry's ports.
  package let ports: [String: Port]
  package let labels: [String: String]
  /// True if the workload has a service account, and so a certificate of the mesh.
  package let hasServiceAccount: Bool

  /// The IP address; nil for a host name or a socket.
  package var address: IPAddress? { IPAddress(host) }

  init(_ json: JSONObject?) throws(FieldProblem) {
    host = try json?.string("address") ?? ""
    labels = try json?.texts("labels") ?? [:]
    hasServiceAccount = try json?.string("serviceAccount")?.isEmpty == false
    var ports: [String: Port] = [:]
    let numbers = try json?.object("ports")
    for name in numbers?.names ?? [] { ports[name] = try numbers?.port(name) }
    self.ports = ports
  }
}
