import Intercept
public import ManifestText

/// The objects of a manifest that this package reads, in the manifest's order.
///
/// The text is JSON as kubectl prints it: concatenated objects, Lists, or lists of one kind such as PodList.
public struct ObjectList: Sendable {
  package private(set) var pods: [Pod] = []
  package private(set) var services: [Service] = []
  package private(set) var gateways: [Gateway] = []
  /// The Gateways of the Gateway API (gateway.networking.k8s.io).
  package private(set) var kubernetesGateways: Set<String> = []
  package private(set) var virtualServices: [VirtualService] = []
  package private(set) var serviceEntries: [ServiceEntry] = []
  package private(set) var sidecars: [Sidecar] = []
  package private(set) var endpoints: [ServiceEndpoints] = []
  package private(set) var workloadEntries: [WorkloadEntry] = []
  package private(set) var proxyConfigs: [ProxyConfigResource] = []
  package private(set) var configMaps: [ConfigMap] = []
  /// The namespaces, by name.
  package private(set) var namespaces: [String: Namespace] = [:]
  /// The minor versions of Kubernetes on the nodes.
  package private(set) var nodeVersions: [Int] = []
  /// The kind of every object, including kinds that are not read.
  public private(set) var kinds: [String] = []

  /// Reads a manifest.
  ///
  /// - Throws: `ManifestError` if the text is not JSON, or a field has a wrong type.
  public init(_ text: String) throws(ManifestError) {
    if try add(text[...]) { return }
    // Most texts are one long value; concatenated values are searched for only if that fails.
    for text in JSONDocument.split(text) where try !add(text) { throw .notJSON }
  }

  /// - Returns: true if the text is one JSON value.
  private mutating func add(_ text: Substring) throws(ManifestError) -> Bool {
    try JSONDocument.read(text) { decoder throws(ManifestError) in
      let json = try Self.naming(Self.unknown, .top) { () throws(FieldProblem) in
        try JSONObject(decoder, as: "a Kubernetes object")
      }
      try add(json, as: nil)
    }
  }

  /// - Parameter listKind: the kind of the items of a typed list, which may omit it.
  private mutating func add(_ json: JSONObject, as listKind: String?) throws(ManifestError) {
    let kind = try Self.naming(Self.unknown, json.path) { () throws(FieldProblem) in
      guard let kind = try json.string("kind") ?? listKind else {
        throw FieldProblem(at: json.path.member("kind"), "is missing; not a Kubernetes object")
      }
      return kind
    }
    if kind.hasSuffix("List"), json.has("items") { return try addItems(of: json, kind) }
    let name = kind.onOneLine
    try Self.naming(ObjectName(kind: name, of: json), json.path) { () throws(FieldProblem) in
      try add(json, name, ObjectMeta(json))
    }
  }

  private mutating func addItems(of list: JSONObject, _ kind: String) throws(ManifestError) {
    let name = ObjectName(kind: kind.onOneLine, namespace: "", name: "")
    let items = try Self.naming(name, list.path) { () throws(FieldProblem) in try list.objects("items") }
    for item in items { try add(item, as: kind == "List" ? nil : String(kind.dropLast(4))) }
  }

  /// The name of an object whose kind cannot be read.
  private static let unknown = ObjectName(kind: "Object", namespace: "default", name: "(no name)")

  /// Reads a part of an object and adds the object's name to errors.
  private static func naming<Value>(
    _ object: @autoclosure () -> ObjectName, _ path: @autoclosure () -> JSONPath,
    _ read: () throws(FieldProblem) -> Value
  ) throws(ManifestError) -> Value {
    do {
      return try read()
    } catch {
      throw ManifestError(error, in: object(), at: path())
    }
  }

  private mutating func add(_ json: JSONObject, _ kind: String, _ metadata: ObjectMeta) throws(FieldProblem) {
    let object = ObjectName(kind: kind, namespace: metadata.namespace, name: metadata.name)
    let group = try json.string("apiVersion").map { $0.contains("/") ? String($0.prefix { $0 != "/" }) : "" }
    let isIstio = group == nil || group == "networking.istio.io"
    let isCore = group == nil || group == ""
    kinds.append(kind)
    switch kind {
    case "Service" where isCore: services.append(try Service(json, object: object, metadata: metadata))
    case "Namespace" where isCore: namespaces[metadata.name] = Namespace(metadata)
    case "ConfigMap" where isCore: configMaps += [try ConfigMap(json, object: object)].compactMap(\.self)
    case "Gateway" where isIstio: gateways.append(try Gateway(json, object: object))
    case "Gateway" where group == "gateway.networking.k8s.io": kubernetesGateways.insert(object.path)
    case "VirtualService" where isIstio:
      virtualServices.append(try VirtualService(json, object: object, metadata: metadata))
    case "ServiceEntry" where isIstio:
      serviceEntries.append(try ServiceEntry(json, object: object, metadata: metadata))
    case "Sidecar" where isIstio: sidecars.append(try Sidecar(json, object: object, metadata: metadata))
    case "EndpointSlice": endpoints += [try ServiceEndpoints(slice: json, metadata)].compactMap(\.self)
    case "Endpoints" where isCore: endpoints.append(try ServiceEndpoints(endpoints: json, metadata))
    case "WorkloadEntry" where isIstio:
      workloadEntries.append(try WorkloadEntry(json, object: object, metadata: metadata))
    case "ProxyConfig" where isIstio:
      proxyConfigs.append(try ProxyConfigResource(json, object: object, metadata: metadata))
    case "Node" where isCore: nodeVersions += [try Self.minorVersion(ofNode: json)].compactMap(\.self)
    case "Pod": pods.append(try Pod(json, template: nil, object: object, metadata: metadata))
    default:
      guard let template = try Self.podTemplate(of: json, kind) else { return }
      pods.append(try Pod(json, template: template, object: object, metadata: metadata))
    }
  }

  /// Returns the number after the first dot of a node's `kubeletVersion`: 33 of `v1.33.2`.
  private static func minorVersion(ofNode json: JSONObject) throws(FieldProblem) -> Int? {
    let version = try json.object("status")?.object("nodeInfo")?.string("kubeletVersion") ?? ""
    return version.split(separator: ".").dropFirst().first.flatMap { Int($0) }
  }

  /// Returns the pod template of a workload of any kind; nil for other objects.
  private static func podTemplate(of json: JSONObject, _ kind: String) throws(FieldProblem) -> JSONObject? {
    if kind == "PodTemplate" { return try json.object("template") }
    let spec = try? json.object("spec")
    let job = try? spec?.object("jobTemplate")?.object("spec")
    return [spec, job].lazy.compactMap { try? $0?.object("template") }.first {
      (try? $0.object("spec"))?.has("containers") == true
    }
  }
}

extension ManifestError {
  init(_ problem: FieldProblem, in object: ObjectName, at root: JSONPath) {
    let path = problem.path.from(root)
    self.init(path.isEmpty ? "\(object): \(problem.text)" : "\(object): \(path.onOneLine): \(problem.text)")
  }
}
