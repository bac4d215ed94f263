import Intercept
public import ManifestText

/// The objects of manifests that this package reads, in the manifests' order.
///
/// The texts are YAML or JSON: documents one after another, Lists, lists of one kind such as PodList, and arrays.
public struct ObjectList: Sendable {
  package private(set) var pods: [Pod] = []
  package private(set) var services: [Service] = []
  package private(set) var gateways: [Gateway] = []
  /// The Gateways of the Gateway API (gateway.networking.k8s.io), by namespace and name.
  package private(set) var kubernetesGateways: [String: KubernetesGateway] = [:]
  /// The ListenerSets of the Gateway API, by kind, namespace and name.
  package private(set) var listenerSets: [ObjectName: KubernetesListenerSet] = [:]
  package private(set) var kubernetesRoutes: [KubernetesRoute] = []
  package private(set) var referenceGrants: [ReferenceGrant] = []
  /// The controllers of GatewayClasses, by the name of the class.
  package private(set) var gatewayControllers: [String: String] = [:]
  package private(set) var ingresses: [Ingress] = []
  /// The controllers of IngressClasses, by the name of the class.
  package private(set) var ingressControllers: [String: String] = [:]
  package private(set) var virtualServices: [VirtualService] = []
  package private(set) var serviceEntries: [ServiceEntry] = []
  package private(set) var sidecars: [Sidecar] = []
  package private(set) var endpoints: [ServiceEndpoints] = []
  package private(set) var workloadEntries: [WorkloadEntry] = []
  package private(set) var peerAuthentications: [PeerAuthentication] = []
  package private(set) var destinationRules: [DestinationRule] = []
  package private(set) var proxyConfigs: [ProxyConfigResource] = []
  package private(set) var configMaps: [ConfigMap] = []
  /// The namespaces, by name.
  package private(set) var namespaces: [String: Namespace] = [:]
  /// The minor versions of Kubernetes on the nodes.
  package private(set) var nodeVersions: [Int] = []
  /// The kind of every object, including kinds that are not read.
  public private(set) var kinds: [String] = []

  /// The place of each object; of objects with the same name, the place of the first.
  public private(set) var locations: [ObjectName: SourceLocation] = [:]
  /// The documents and objects that cannot be read, in the manifests' order.
  public private(set) var problems: [BrokenObject] = []
  /// The number of documents that are no Kubernetes objects, in texts that were found and not named.
  public private(set) var passedOver = 0
  /// The name of the text that is being read.
  private var file: String?
  /// True if the text may contain other documents than Kubernetes objects.
  private var passesOver = false

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
  ///   - isNamed: false for a text that the user did not name, such as a file of a directory. Documents without
  ///     kind and templates of Helm are passed over in it.
  /// - Returns: the number of documents that could be read.
  @discardableResult public mutating func add(
    _ text: [UInt8], file: String?, isNamed: Bool = true
  ) -> Int {
    self.file = file
    passesOver = !isNamed
    var reader = DocumentReader(text)
    var count = 0
    while true {
      do throws(SyntaxProblem) {
        guard let document = try reader.next() else { return count }
        count += 1
        for object in JSONObject.each(in: document, as: "a Kubernetes object") { add(object, as: nil) }
      } catch {
        if passesOver, isData(text) {
          passedOver += 1
        } else {
          refuse(error, isTemplate: text.document(with: error.line).containsTemplate)
        }
      }
    }
  }

  /// True for a JSON file without the kind of an object, such as one JSON text a line.
  private func isData(_ text: [UInt8]) -> Bool {
    file?.lowercased().hasSuffix(".json") == true && !text.containsKind
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
    if passesOver, listKind == nil, !json.has("kind") {
      passedOver += 1
      return
    }
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

  /// - Parameter isTemplate: true if the text is a template of Helm.
  private mutating func refuse(_ problem: SyntaxProblem, isTemplate: Bool) {
    if isTemplate, passesOver {
      passedOver += 1
    } else {
      let error = ManifestError(problem)
      let hint = isTemplate ? "; it is a template: give the output of helm template" : ""
      refuse(ManifestError(error.description + hint, line: error.line), nil)
    }
  }

  private mutating func refuse(_ error: ManifestError, _ object: ObjectName?) {
    let location = SourceLocation(file: file, line: error.line ?? 1)
    problems.append(
      BrokenObject(object: object == Self.unknown ? nil : object, location: location, error: error))
  }

  /// The name of an object whose kind cannot be read.
  fileprivate static let unknown = ObjectName(kind: "Object", namespace: "default", name: "(no name)")

  private mutating func add(_ json: JSONObject, _ kind: String, _ metadata: ObjectMeta) throws(FieldProblem) {
    let object = ObjectName(kind: kind, namespace: metadata.namespace, name: metadata.name)
    let group = try json.string("apiVersion").map { $0.contains("/") ? String($0.prefix { $0 != "/" }) : "" }
    let isIstio = group == nil || group == "networking.istio.io"
    let isCore = group == nil || group == ""
    let isGatewayAPI = group == "gateway.networking.k8s.io"
    kinds.append(kind)
    switch kind {
    case "Service" where isCore: services.append(try Service(json, object: object, metadata: metadata))
    case "Namespace" where isCore: namespaces[metadata.name] = Namespace(metadata)
    case "ConfigMap" where isCore: configMaps += [try ConfigMap(json, object: object)].compactMap(\.self)
    case "Gateway" where isIstio:
      gateways.append(try Gateway(json, object: object, metadata: metadata))
    case "Gateway" where isGatewayAPI:
      kubernetesGateways[object.path] = try KubernetesGateway(json, object: object, metadata: metadata)
    case "ListenerSet" where isGatewayAPI, "XListenerSet" where group == "gateway.networking.x-k8s.io":
      listenerSets[object] = try KubernetesListenerSet(json, object: object, metadata: metadata)
    case "ReferenceGrant" where isGatewayAPI:
      referenceGrants.append(try ReferenceGrant(json, object: object))
    case "GatewayClass" where isGatewayAPI:
      gatewayControllers[object.name] = try json.object("spec")?.string("controllerName")
    case "Ingress" where group == nil || group == "networking.k8s.io":
      ingresses.append(try Ingress(json, object: object, metadata: metadata))
    case "IngressClass" where group == nil || group == "networking.k8s.io":
      ingressControllers[object.name] = try json.object("spec")?.string("controller")
    case "VirtualService" where isIstio:
      virtualServices.append(try VirtualService(json, object: object, metadata: metadata))
    case "ServiceEntry" where isIstio:
      serviceEntries.append(try ServiceEntry(json, object: object, metadata: metadata))
    case "Sidecar" where isIstio:
      sidecars.append(try Sidecar(json, object: object, metadata: metadata))
    case "EndpointSlice":
      endpoints += [try ServiceEndpoints(slice: json, metadata)].compactMap(\.self)
    case "Endpoints" where isCore: endpoints += try ServiceEndpoints.all(json, metadata)
    case "WorkloadEntry" where isIstio:
      workloadEntries.append(try WorkloadEntry(json, object: object, metadata: metadata))
    case "PeerAuthentication" where group == nil || group == "security.istio.io":
      peerAuthentications.append(try PeerAuthentication(json, object: object, metadata: metadata))
    case "DestinationRule" where isIstio:
      destinationRules.append(try DestinationRule(json, object: object, metadata: metadata))
    case "ProxyConfig" where isIstio:
      proxyConfigs.append(try ProxyConfigResource(json, object: object, metadata: metadata))
    case "Node" where isCore: nodeVersions += [try Self.minorVersion(ofNode: json)].compactMap(\.self)
    case "Pod": pods.append(try Pod(json, template: nil, object: object, metadata: metadata))
    default:
      if isGatewayAPI, let kind = KubernetesRoute.Kind(rawValue: kind) {
        return kubernetesRoutes.append(try KubernetesRoute(json, kind, object: object, metadata: metadata))
      }
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

extension [UInt8] {
  /// True if the text has the word `kind`, which every Kubernetes object has.
  fileprivate var containsKind: Bool {
    let word = Array("kind".utf8)
    return indices.contains { self[$0] == word[0] && self[$0...].starts(with: word) }
  }

  /// Returns the document with a line. An error at a separator belongs to the document before it.
  fileprivate func document(with line: Int) -> ArraySlice<UInt8> {
    let lines = split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let separators = lines.indices.filter { lines[$0].starts(with: "---".utf8) }
    let first = separators.last { $0 < line - 1 } ?? 0
    let last = separators.first { $0 >= line - 1 } ?? lines.count - 1
    return self[lines[first].startIndex..<lines[Swift.max(first, last)].endIndex]
  }
}

extension ArraySlice<UInt8> {
  /// True if the text has an action of Go's templates: `{{ … }}`.
  fileprivate var containsTemplate: Bool {
    zip(self, dropFirst()).contains { $0 == UInt8(ascii: "{") && $1 == UInt8(ascii: "{") }
  }
}

/// A document or an object that cannot be read.
public struct BrokenObject: Sendable {
  /// The object's name; nil if it cannot be read either.
  public let object: ObjectName?
  public let location: SourceLocation
  public let error: ManifestError
  /// The problem without the object's name.
  package let problem: String

  init(object: ObjectName?, location: SourceLocation, error: ManifestError) {
    (self.object, self.location, self.error) = (object, location, error)
    let name = "\(object ?? ObjectList.unknown): "
    let text = error.description
    problem = text.hasPrefix(name) ? String(text.dropFirst(name.count)) : text
  }
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
