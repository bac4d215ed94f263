import Intercept

/// The objects of a manifest that matter here, in the manifest's order.
///
/// The text is JSON as kubectl prints it: objects, one behind another, Lists of them, or lists of one kind such as
/// PodList.
public struct ObjectList: Sendable {
  private(set) var pods: [Pod] = []
  private(set) var services: [Service] = []
  private(set) var gateways: [Gateway] = []
  private(set) var virtualServices: [VirtualService] = []
  private(set) var serviceEntries: [ServiceEntry] = []
  private(set) var sidecars: [Sidecar] = []
  /// The labels of namespaces, by name.
  private(set) var namespaces: [String: [String: String]] = [:]
  /// The kind of each object there is, those included that do not matter here.
  public private(set) var kinds: [String] = []

  /// Reads a manifest.
  ///
  /// - Throws: `ManifestError` where the text is no JSON, or a field is not what it must be.
  public init(_ text: String) throws(ManifestError) {
    if try add(text[...]) { return }
    // It is not one value. It may be several, which are looked for only now: most texts are one, and long.
    for text in JSONTexts(text).texts where try !add(text) { throw .noJSON }
  }

  /// - Returns: whether the text is JSON.
  private mutating func add(_ text: Substring) throws(ManifestError) -> Bool {
    try JSONText.read(text) { decoder throws(ManifestError) in
      let node = try Self.naming(Self.unknown, .top) { () throws(FieldProblem) in
        try JSONObject(decoder, as: "an object of Kubernetes'")
      }
      try add(node, as: nil)
    }
  }

  /// - Parameter listKind: the kind of the items of a list whose items do not say it.
  private mutating func add(_ node: JSONObject, as listKind: String?) throws(ManifestError) {
    let kind = try Self.naming(Self.unknown, node.path) { () throws(FieldProblem) in
      guard let kind = try node.string("kind") ?? listKind else {
        throw FieldProblem(at: node.path.member("kind"), "is missing; this is no object of Kubernetes'")
      }
      return kind
    }
    if kind.hasSuffix("List"), node.has("items") { return try addItems(of: node, kind) }
    let name = kind.onOneLine
    try Self.naming(ObjectName(kind: name, of: node), node.path) { () throws(FieldProblem) in
      try add(node, name, Metadata(node))
    }
  }

  private mutating func addItems(of list: JSONObject, _ kind: String) throws(ManifestError) {
    let name = ObjectName(kind: kind.onOneLine, namespace: "", name: "")
    let items = try Self.naming(name, list.path) { () throws(FieldProblem) in try list.objects("items") }
    for item in items { try add(item, as: kind == "List" ? nil : String(kind.dropLast(4))) }
  }

  /// An object of which nothing can be read.
  private static let unknown = ObjectName(kind: "Object", namespace: "default", name: "(no name)")

  /// Reads a part of an object, and names the object where that cannot be done.
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

  private mutating func add(_ node: JSONObject, _ kind: String, _ metadata: Metadata) throws(FieldProblem) {
    let object = ObjectName(kind: kind, namespace: metadata.namespace, name: metadata.name)
    let group = try node.string("apiVersion").map { $0.contains("/") ? String($0.prefix { $0 != "/" }) : "" }
    let isIstios = group == nil || group == "networking.istio.io"
    let isCore = group == nil || group == ""
    kinds.append(kind)
    switch kind {
    case "Service" where isCore: services.append(try Service(node, object: object, metadata: metadata))
    case "Namespace" where isCore: namespaces[metadata.name] = metadata.labels
    case "Gateway" where isIstios: gateways.append(try Gateway(node, object: object))
    case "VirtualService" where isIstios:
      virtualServices.append(try VirtualService(node, object: object, metadata: metadata))
    case "ServiceEntry" where isIstios:
      serviceEntries.append(try ServiceEntry(node, object: object, metadata: metadata))
    case "Sidecar" where isIstios: sidecars.append(try Sidecar(node, object: object, metadata: metadata))
    case "Pod": pods.append(try Pod(node, template: nil, object: object, metadata: metadata))
    default:
      guard let template = try Self.podTemplate(of: node, kind) else { return }
      pods.append(try Pod(node, template: template, object: object, metadata: metadata))
    }
  }

  /// What holds the spec of the pods that an object makes; nil if it makes none. Objects of any kind may make some.
  private static func podTemplate(of node: JSONObject, _ kind: String) throws(FieldProblem) -> JSONObject? {
    if kind == "PodTemplate" { return try node.object("template") }
    let spec = try? node.object("spec")
    let job = try? spec?.object("jobTemplate")?.object("spec")
    return [spec, job].lazy.compactMap { try? $0?.object("template") }.first {
      (try? $0.object("spec"))?.has("containers") == true
    }
  }
}
