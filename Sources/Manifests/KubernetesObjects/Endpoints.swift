package import Intercept
import ManifestText

/// The endpoints of a Service: an EndpointSlice, or the older Endpoints.
package struct ServiceEndpoints: Sendable {
  /// The name of the Service, in its own namespace.
  package let service: String
  package let namespace: String
  /// The addresses of the ready endpoints; host names are not read.
  package let addresses: [IPAddress]
}

extension ServiceEndpoints {
  /// Reads an EndpointSlice.
  ///
  /// - Returns: nil without a Service.
  init?(slice json: JSONObject, _ metadata: ObjectMeta) throws(FieldProblem) {
    guard let service = metadata.labels["kubernetes.io/service-name"] else { return nil }
    self.service = service
    namespace = metadata.namespace
    var addresses: [IPAddress] = []
    for endpoint in try json.objects("endpoints") {
      guard try endpoint.object("conditions")?.bool("ready") ?? true else { continue }
      addresses += try endpoint.strings("addresses").compactMap { IPAddress($0) }
    }
    self.addresses = addresses
  }

  /// Reads an Endpoints object, which has the Service's name.
  init(endpoints json: JSONObject, _ metadata: ObjectMeta) throws(FieldProblem) {
    service = metadata.name
    namespace = metadata.namespace
    var addresses: [IPAddress] = []
    for subset in try json.objects("subsets") {
      for address in try subset.objects("addresses") {
        addresses += [try address.string("ip").flatMap { IPAddress($0) }].compactMap(\.self)
      }
    }
    self.addresses = addresses
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
