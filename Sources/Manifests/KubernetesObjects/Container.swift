package import Intercept
import ManifestText

/// A container of a pod.
package struct Container: Sendable {
  package let name: String
  /// Read only of Istio's containers.
  package let image: String
  /// True if the container installs or checks the rules.
  package let isRuleContainer: Bool
  /// The role of the proxy, `sidecar` or `router`; read only of the proxy.
  package let proxyRole: String?
  /// True if the proxy cannot bind to ports below 1024 (`ISTIO_META_UNPRIVILEGED_POD`); read only of the proxy.
  package let isUnprivileged: Bool
  /// The arguments after `istio-iptables`. Read only of rule containers, as are the variables.
  package let arguments: [String]
  /// Variables whose value is in the manifest.
  package let environment: [String: String]
  /// Variables with `valueFrom`.
  package let unknownVariables: [String]
  package let ports: [ContainerPort]
  package let securityContext: SecurityContext
  /// HTTP probes; not read of the proxy.
  package let probes: [HTTPProbe]
  /// The command of the `postStart` hook, which delays the start of the next containers.
  package let postStartCommand: [String]
  /// True if `restartPolicy` is `Always`, which makes an init container a native sidecar.
  package let restartsAlways: Bool

  /// - Parameter isInit: true for an init container, which may install the rules whatever its name.
  init(_ json: JSONObject, isInit: Bool = false) throws(FieldProblem) {
    name = try json.string("name")?.onOneLine ?? "(no name)"
    let isNamedAsRuleContainer = [IstioContainer.initialization, IstioContainer.validation].contains(name)
    let (variables, unknown) = try isInit || isNamedAsRuleContainer ? Self.variables(json) : ([:], [])
    let words = try isInit || isNamedAsRuleContainer ? json.strings("command") + json.strings("args") : []
    let command = RuleCommand(words, environment: variables)
    let arguments = try isNamedAsRuleContainer && command == nil ? json.strings("args") : []
    isRuleContainer = isNamedAsRuleContainer || command != nil
    image = try isRuleContainer || name == IstioContainer.proxy ? json.string("image") ?? "" : ""
    self.arguments = command?.arguments ?? arguments
    environment = isRuleContainer ? variables.merging(command?.assignments ?? [:]) { $1 } : [:]
    unknownVariables = isRuleContainer ? unknown : []
    let role = try name == IstioContainer.proxy ? json.strings("args").prefix(2) : []
    proxyRole = role.first == "proxy" ? role.dropFirst().first : nil
    isUnprivileged = try name == IstioContainer.proxy ? Self.isUnprivileged(json) : false
    ports = try json.objects("ports").map(ContainerPort.init)
    securityContext = try SecurityContext(json)
    probes = try name == IstioContainer.proxy ? [] : HTTPProbe.all(of: json)
    let hook = try json.object("lifecycle")?.object("postStart")?.object("exec")
    postStartCommand = try hook?.strings("command") ?? []
    restartsAlways = try json.string("restartPolicy") == "Always"
  }

  private static func isUnprivileged(_ json: JSONObject) throws(FieldProblem) -> Bool {
    let text = try variables(json).0[IstioVariable.unprivileged]
    return text.map { ["1", "t", "T", "true", "TRUE", "True"].contains($0) } ?? false
  }

  private static func variables(_ json: JSONObject) throws(FieldProblem) -> ([String: String], [String]) {
    var environment: [String: String] = [:]
    var unknown: [String] = []
    for variable in try json.objects("env") {
      guard let name = try variable.string("name") else { continue }
      if variable.has("valueFrom") {
        unknown.append(name)
      } else {
        environment[name] = try variable.string("value") ?? ""
      }
    }
    return (environment, unknown)
  }
}

extension Container {
  /// True if the injector added this proxy. A manifest that only customises the proxy has the image `auto` or none.
  var isInjectedProxy: Bool { name == IstioContainer.proxy && !image.isEmpty && image != "auto" }
}

/// A port that a container declares.
package struct ContainerPort: Sendable {
  package let name: String?
  package let number: Port
  /// `TCP` if the manifest names none.
  package let transport: String
  /// The port of the node that leads to this port.
  package let hostPort: Port?

  init(_ json: JSONObject) throws(FieldProblem) {
    name = try json.string("name")
    number = try json.requiredPort("containerPort")
    transport = try json.string("protocol") ?? "TCP"
    hostPort = try json.number("hostPort", 0...UInt16.max).flatMap { $0 == 0 ? nil : Port(rawValue: $0) }
  }
}

/// The user and group of a security context.
package struct SecurityContext: Sendable {
  package let user: Int64?
  package let group: Int64?

  init(_ json: JSONObject?) throws(FieldProblem) {
    let context = try json?.object("securityContext")
    user = try context?.number("runAsUser", 0...Int64.max)
    group = try context?.number("runAsGroup", 0...Int64.max)
  }
}

/// An HTTP probe of the kubelet; other kinds of probes are not read.
package struct HTTPProbe: Sendable {
  /// The field of the container, such as `readinessProbe`.
  package let field: String
  package let path: String
  package let port: IntOrString

  static func all(of container: JSONObject) throws(FieldProblem) -> [HTTPProbe] {
    var probes: [HTTPProbe] = []
    for field in ["startupProbe", "livenessProbe", "readinessProbe"] {
      guard let get = try container.object(field)?.object("httpGet"), let port = try get.intOrString("port")
      else { continue }
      probes.append(HTTPProbe(field: field, path: try get.string("path") ?? "/", port: port))
    }
    return probes
  }
}
