import Intercept
import Manifests

extension ObjectList {
  /// Reads several objects.
  init(_ objects: String...) throws {
    try self.init(jsonList(objects))
  }

  /// Returns the options of the only pod, by name.
  func options(_ values: String = "{}") throws -> [OptionName: String] {
    let pod = try podOptions(named: nil, in: MeshValues(values))
    return Dictionary(uniqueKeysWithValues: pod.options.map { ($0.option, $0.text) })
  }
}

/// Returns a List of objects as JSON; one object is returned unchanged.
func jsonList(_ objects: [String]) -> String {
  objects.count == 1
    ? objects[0] : #"{"kind": "List", "items": [\#(objects.joined(separator: ", "))]}"#
}

/// Returns the text of an error; nil without an error.
func message(of body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return "\(error)"
  }
}

/// Returns a pod as JSON.
func pod(
  _ name: String = "web", annotations: String = "{}", labels: String = "{}",
  spec: String = #"{"containers": []}"#,
  status: String = "{}"
) -> String {
  """
  {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "\(name)", "namespace": "app",
  "annotations": \(annotations), "labels": \(labels)}, "spec": \(spec), "status": \(status)}
  """
}

extension ProxyListeners {
  /// Returns the way of a connection through the proxy.
  func route(_ connection: EnvoyConnection) -> EnvoyRoute {
    func route<Resources: EnvoyResources>(_ resources: Resources) -> EnvoyRoute {
      configuration.route(connection, resources)
    }
    return route(resources)
  }
}

extension EnvoyRoute {
  /// The cluster, or the response after its flag.
  var answer: String {
    guard case .response(let response) = destination else { return word }
    return [flag ?? "", response.description].filter { !$0.isEmpty }.joined(separator: " ")
  }
}
