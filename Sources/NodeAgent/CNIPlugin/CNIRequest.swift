import TextOutput

/// An operation of the CNI specification.
public enum CNIOperation: String, CaseIterable, Sendable {
  case add = "ADD"
  case check = "CHECK"
  case delete = "DEL"
  case garbageCollection = "GC"
  case status = "STATUS"
  case version = "VERSION"

  /// The first version of the specification that has the operation.
  var since: CNIVersion {
    switch self {
    case .add, .delete, .version: .v0_3_1
    case .check: .v0_4_0
    case .garbageCollection, .status: .v1_1_0
    }
  }

  /// The variables that the operation requires. DEL has no namespace if the pod's is gone already.
  fileprivate var variables: [String] {
    switch self {
    case .add, .check: ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"]
    case .delete: ["CNI_CONTAINERID", "CNI_IFNAME"]
    case .garbageCollection, .status, .version: []
    }
  }
}

/// A request of the container runtime, by its environment variables (CNI specification, section 2, "Parameters").
public struct CNIRequest: Sendable {
  public let operation: CNIOperation
  public let containerID: String
  /// The path of the pod's network namespace; empty if the namespace is gone.
  public let namespacePath: String
  public let arguments: KubernetesArguments

  /// - Parameter environment: returns the value of a variable, if it is set.
  /// - Throws: `CNIError` for a variable that is missing or invalid.
  public init(environment: (String) -> String?) throws(CNIError) {
    guard let command = environment("CNI_COMMAND"), !command.isEmpty else {
      throw CNIError(
        .invalidVariables, "CNI_COMMAND is not set; a container runtime runs this program, with \(Self.words)"
      )
    }
    guard let operation = CNIOperation(rawValue: command) else {
      throw CNIError(
        .invalidVariables,
        "CNI_COMMAND is \(command.quotedForMessage), which is unknown; it must be \(Self.words)")
    }
    let missing = operation.variables.filter { (environment($0) ?? "").isEmpty }
    guard missing.isEmpty else {
      throw CNIError(
        .invalidVariables, "\(operation.rawValue) needs \(missing.listed()); set what is missing")
    }
    self.operation = operation
    containerID = environment("CNI_CONTAINERID") ?? ""
    namespacePath = environment("CNI_NETNS") ?? ""
    arguments = try KubernetesArguments(environment("CNI_ARGS") ?? "")
  }

  private static var words: String { CNIOperation.allCases.map(\.rawValue).listed("or") }
}

/// The pod of a request, from `CNI_ARGS`: `IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web`.
public struct KubernetesArguments: Hashable, Sendable {
  public private(set) var namespace = ""
  public private(set) var name = ""
  public private(set) var uid = ""

  /// - Throws: `CNIError` for a part without `=`.
  public init(_ text: String) throws(CNIError) {
    for pair in text.split(separator: ";") {
      guard let equals = pair.firstIndex(of: "=") else {
        throw CNIError(
          .invalidVariables, "CNI_ARGS has the part \(String(pair).quotedForMessage); it must be NAME=VALUE")
      }
      let value = String(pair[pair.index(after: equals)...])
      switch pair[..<equals] {
      case "K8S_POD_NAMESPACE": namespace = value
      case "K8S_POD_NAME": name = value
      case "K8S_POD_UID": uid = value
      default: break
      }
    }
  }

  /// True if Kubernetes made the pod.
  public var areComplete: Bool { !namespace.isEmpty && !name.isEmpty }
}
