import Intercept

/// A container of a pod.
struct Container: Sendable {
  let name: String
  /// Read only where the container is Istio's.
  let image: String
  /// What it is run with; read only where it is about rules, as are its variables.
  let arguments: [String]
  /// Variables whose value is in the manifest, and those whose value comes from elsewhere.
  let environment: [String: String]
  let unknownVariables: [String]
  let ports: [ContainerPort]
  let runsAs: RunsAs
  /// Those of the app's; nobody asks for the proxy's.
  let probes: [Probe]
  /// The command that holds up the start of the containers behind this one.
  let postStartCommand: [String]
  /// Whether an init container runs on beside the others: a native sidecar.
  let restartsAlways: Bool

  init(_ node: JSONObject) throws(FieldProblem) {
    name = try node.string("name")?.onOneLine ?? "(no name)"
    let isAboutRules = Self.isAboutRules(name)
    image = try isAboutRules || name == Self.proxyName ? node.string("image") ?? "" : ""
    arguments = try isAboutRules ? Self.arguments(node) : []
    (environment, unknownVariables) = try isAboutRules ? Self.variables(node) : ([:], [])
    ports = try node.objects("ports").map(ContainerPort.init)
    runsAs = try RunsAs(node)
    probes = try name == Self.proxyName ? [] : Probe.all(of: node)
    let hook = try node.object("lifecycle")?.object("postStart")?.object("exec")
    postStartCommand = try hook?.strings("command") ?? []
    restartsAlways = try node.string("restartPolicy") == "Always"
  }

  /// What stands behind `istio-iptables`, which may stand in the command.
  private static func arguments(_ node: JSONObject) throws(FieldProblem) -> [String] {
    let command = try node.strings("command")
    let program = command.firstIndex { $0.split(separator: "/").last == "istio-iptables" }
    return try command[(program.map { $0 + 1 } ?? command.endIndex)...] + node.strings("args")
  }

  private static func variables(_ node: JSONObject) throws(FieldProblem) -> ([String: String], [String]) {
    var environment: [String: String] = [:]
    var unknown: [String] = []
    for variable in try node.objects("env") {
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
  static let proxyName = "istio-proxy"
  static let initName = "istio-init"

  /// Whether it makes or checks the rules.
  var isAboutRules: Bool { Self.isAboutRules(name) }

  private static func isAboutRules(_ name: String) -> Bool { name == initName || name == "istio-validation" }

  /// Whether it is the proxy as the injector makes it. Who wants it otherwise than that writes down what, with the image
  /// `auto`.
  var isMadeProxy: Bool { name == Self.proxyName && !image.isEmpty && image != "auto" }
}

/// A port that a container says it listens on.
struct ContainerPort: Sendable {
  let name: String?
  let number: Port
  /// TCP where nothing is said.
  let transport: String
  /// The node's port that leads here.
  let hostPort: Port?

  init(_ node: JSONObject) throws(FieldProblem) {
    name = try node.string("name")
    number = try node.requiredPort("containerPort")
    transport = try node.string("protocol") ?? "TCP"
    hostPort = try node.number("hostPort", 0...UInt16.max).flatMap { $0 == 0 ? nil : Port(rawValue: $0) }
  }
}

/// The user and group that a security context names.
struct RunsAs: Sendable {
  let user: Int64?
  let group: Int64?

  init(_ node: JSONObject?) throws(FieldProblem) {
    let context = try node?.object("securityContext")
    user = try context?.number("runAsUser", 0...Int64.max)
    group = try context?.number("runAsGroup", 0...Int64.max)
  }
}
