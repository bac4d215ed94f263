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
  /// The address; nil for a host name or a socket.
  package let address: IPAddress?

  init(_ json: JSONObject, object: ObjectName, metadata: ObjectMeta) throws(FieldProblem) {
    self.object = object
    let spec = try json.object("spec")
    labels = try spec?.texts("labels") ?? [:]
    address = try spec?.string("address").flatMap { IPAddress($0) }
  }
}
