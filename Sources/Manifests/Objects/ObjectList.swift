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

  /// Reads a manifest.
  ///
  /// - Throws: `ManifestError` where the text is no JSON, or a field is not what it must be.
  public init(_ text: String) throws(ManifestError) {
    for text in JSONTexts(text).texts { try add(JSONNode.read(text), as: nil) }
  }

  /// The kind of each object there is.
  public private(set) var kinds: [String] = []

  /// - Parameter listKind: the kind of the items of a list whose items do not say it.
  private mutating func add(_ node: JSONNode, as listKind: String?) throws(ManifestError) {
    var object = ObjectName(kind: "Object", namespace: "default", name: "(no name)")
    do {
      guard node.isObject else { throw node.wrong("an object of Kubernetes'") }
      guard let kind = try node.string("kind") ?? listKind else {
        throw FieldProblem(node: node, member: "kind", text: "is missing; this is no object of Kubernetes'")
      }
      if kind.hasSuffix("List"), node["items"] != nil {
        let itemKind = kind == "List" ? nil : String(kind.dropLast(4))
        object = ObjectName(kind: kind, namespace: "", name: "")
        for item in try node.list("items") { try add(item, as: itemKind) }
      } else {
        object = ObjectName(kind: kind.onOneLine, of: node)
        try add(node, object, Metadata(node))
      }
    } catch let problem as FieldProblem {
      throw ManifestError(problem, in: object, at: node)
    } catch let error as ManifestError {
      throw error
    } catch {
      throw ManifestError("\(error)")
    }
  }

  private mutating func add(_ node: JSONNode, _ object: ObjectName, _ metadata: Metadata) throws(FieldProblem)
  {
    let group = try node.string("apiVersion").map { $0.contains("/") ? String($0.prefix { $0 != "/" }) : "" }
    let isIstios = group == nil || group == "networking.istio.io"
    let isCore = group == nil || group == ""
    kinds.append(object.kind)
    switch object.kind {
    case "Service" where isCore: services.append(try Service(node, object: object, metadata: metadata))
    case "Namespace" where isCore: namespaces[metadata.name] = metadata.labels
    case "Gateway" where isIstios: gateways.append(try Gateway(node, object: object))
    case "VirtualService" where isIstios:
      virtualServices.append(try VirtualService(node, object: object, metadata: metadata))
    case "ServiceEntry" where isIstios:
      serviceEntries.append(try ServiceEntry(node, object: object, metadata: metadata))
    case "Sidecar" where isIstios: sidecars.append(try Sidecar(node, object: object, metadata: metadata))
    default:
      guard let template = try Self.podTemplate(of: node, object.kind) else { return }
      pods.append(try Pod(node, template: template, kind: object.kind, metadata: metadata))
    }
  }

  /// What holds the spec of the pods that an object is or makes; nil if it does neither.
  private static func podTemplate(of node: JSONNode, _ kind: String) throws(FieldProblem) -> JSONNode? {
    if kind == "Pod" { return node }
    if kind == "PodTemplate" { return try node.object("template") }
    guard let spec = node["spec"] else { return nil }
    for template in [spec["template"], spec["jobTemplate"]?["spec"]?["template"]] {
      if let template, template["spec"]?["containers"] != nil { return template }
    }
    return nil
  }
}
