import Intercept
public import ManifestText

/// The objects of manifests that this package reads, in the manifests' order.
///
/// The texts are YAML or JSON: documents one after another, Lists, lists of one kind such as PodList, and arrays.
public struct ObjectList: Sendable {
  package private(set) var pods: [Pod] = []
  package private(set) var services: [Service] = []
  package private(set) var gateways: [Gateway] = []
  package private(set) var virtualServices: [VirtualService] = []
  package private(set) var serviceEntries: [ServiceEntry] = []
  package private(set) var sidecars: [Sidecar] = []
  /// The labels of each namespace, by name.
  package private(set) var namespaces: [String: [String: String]] = [:]
  /// The kind of every object, including kinds that are not read.
  public private(set) var kinds: [String] = []

  /// The place of each object; of objects with the same name, the place of the first.
  public private(set) var locations: [ObjectName: SourceLocation] = [:]
  /// The documents and objects that cannot be read, in the manifests' order.
  public private(set) var problems: [BrokenObject] = []
  /// The name of the text that is being read.
  private var file: String?

  public init() {}

  /// Reads a manifest.
  ///
  /// - Throws: `ManifestError` for the first document or object that cannot be read, or if there is no document.
  public init(_ text: String) throws(ManifestError) {
    let count = add(Array(text.utf8), file: nil)
    if let problem = problems.first { throw problem.error }
    if count == 0 { throw .empty }
  }

  /// Adds the objects of a manifest. Documents and objects that cannot be read are added to the problems.
  ///
  /// - Parameters:
  ///   - text: UTF-8, or UTF-16 with a byte order mark.
  ///   - file: the file's name for messages.
  /// - Returns: the number of documents that could be read.
  @discardableResult public mutating func add(_ text: [UInt8], file: String?) -> Int {
    self.file = file
    var reader = DocumentReader(text)
    var count = 0
    while true {
      do throws(SyntaxProblem) {
        guard let document = try reader.next() else { return count }
        count += 1
        for object in JSONObject.each(in: document, as: "a Kubernetes object") { add(object, as: nil) }
      } catch {
        refuse(ManifestError(error), nil)
      }
    }
  }

  /// - Parameter listKind: the kind of the items of a typed list, which may omit it.
  private mutating func add(_ json: Result<JSONObject, FieldProblem>, as listKind: String?) {
    do throws(FieldProblem) {
      add(try json.get(), as: listKind)
    } catch {
      refuse(ManifestError(error, in: Self.unknown, at: nil), nil)
    }
  }

  private mutating func add(_ json: JSONObject, as listKind: String?) {
    var name = Self.unknown
    do throws(FieldProblem) {
      guard let kind = try json.string("kind") ?? listKind else {
        throw FieldProblem(at: json.path.member("kind"), "is missing; not a Kubernetes object")
      }
      if kind.hasSuffix("List"), json.has("items") {
        name = ObjectName(kind: kind.onOneLine, namespace: "", name: "")
        for item in try json.eachObject("items") {
          add(item, as: kind == "List" ? nil : String(kind.dropLast(4)))
        }
        return
      }
      name = ObjectName(kind: kind.onOneLine, of: json)
      if locations[name] == nil { locations[name] = SourceLocation(file: file, line: json.line) }
      try add(json, kind.onOneLine, ObjectMeta(json))
    } catch {
      refuse(ManifestError(error, in: name, at: json.path), name)
    }
  }

  private mutating func refuse(_ error: ManifestError, _ object: ObjectName?) {
    let location = SourceLocation(file: file, line: error.line ?? 1)
    problems.append(
      BrokenObject(object: object == Self.unknown ? nil : object, location: location, error: error))
  }

  /// The name of an object whose kind cannot be read.
  private static let unknown = ObjectName(kind: "Object", namespace: "default", name: "(no name)")

  private mutating func add(_ json: JSONObject, _ kind: String, _ metadata: ObjectMeta) throws(FieldProblem) {
    let object = ObjectName(kind: kind, namespace: metadata.namespace, name: metadata.name)
    let group = try json.string("apiVersion").map { $0.contains("/") ? String($0.prefix { $0 != "/" }) : "" }
    let isIstio = group == nil || group == "networking.istio.io"
    let isCore = group == nil || group == ""
    kinds.append(kind)
    switch kind {
    case "Service" where isCore: services.append(try Service(json, object: object, metadata: metadata))
    case "Namespace" where isCore: namespaces[metadata.name] = metadata.labels
    case "Gateway" where isIstio: gateways.append(try Gateway(json, object: object))
    case "VirtualService" where isIstio:
      virtualServices.append(try VirtualService(json, object: object, metadata: metadata))
    case "ServiceEntry" where isIstio:
      serviceEntries.append(try ServiceEntry(json, object: object, metadata: metadata))
    case "Sidecar" where isIstio: sidecars.append(try Sidecar(json, object: object, metadata: metadata))
    case "Pod": pods.append(try Pod(json, template: nil, object: object, metadata: metadata))
    default:
      guard let template = try Self.podTemplate(of: json, kind) else { return }
      pods.append(try Pod(json, template: template, object: object, metadata: metadata))
    }
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

/// A document or an object that cannot be read.
public struct BrokenObject: Sendable {
  /// The object's name; nil if it cannot be read either.
  public let object: ObjectName?
  public let location: SourceLocation
  public let error: ManifestError
}

extension ManifestError {
  /// - Parameter root: the path of the object; nil if the problem concerns the object as a whole.
  init(_ problem: FieldProblem, in object: ObjectName, at root: JSONPath?) {
    let path = problem.path.from(root ?? problem.path).onOneLine
    self.init(
      path.isEmpty ? "\(object): \(problem.text)" : "\(object): \(path): \(problem.text)",
      line: problem.path.line)
  }
}
