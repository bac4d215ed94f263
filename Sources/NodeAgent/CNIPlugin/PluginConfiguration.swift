import Intercept
import JSONText
import TextOutput

/// The plugin's entry in the network configuration, with the parts that the runtime adds to it (standard input).
///
/// The keys are those of Istio's plugin, and a few of this one; unknown keys are ignored.
public struct PluginConfiguration: Sendable {
  public private(set) var version = CNIVersion.newest
  /// Namespaces whose pods get no rules: `exclude_namespaces`.
  public private(set) var excludedNamespaces = ["kube-system"]
  /// The namespace of the agent's own pods: `pod_namespace`.
  public private(set) var agentNamespace = ""
  /// True if Istio's ambient mode is on: `ambient_enabled`.
  public private(set) var isAmbientEnabled = false
  public private(set) var ambientSelectors: [AmbientSelector] = []
  /// True for rules of nftables form: `native_nftables`.
  public private(set) var usesNativeRules = false
  /// The folder of the agent's socket and of the log file: `cni_agent_run_dir`.
  public private(set) var runFolder: String?
  /// The agent's socket: `agent_socket`, else `agent.sock` in the run folder; nil for none.
  public private(set) var agentSocket: String?
  /// The log file: `log_file`, else `istio-cni-swift.log` in the run folder; nil for none.
  public private(set) var logFile: String?
  /// The least level of messages in the log: `plugin_log_level`.
  public private(set) var logLevel = PluginLogLevel.info
  /// Settings of proxies that neither annotations nor the agent give: `proxy_defaults`.
  public private(set) var proxyDefaults: [String: String] = [:]
  /// The pod's annotations; nil if the runtime hands none over.
  public private(set) var annotations: [String: String]?
  public let previousResult: PreviousResult

  /// - Parameter bytes: the JSON object on standard input.
  /// - Throws: `CNIError` if it cannot be read.
  public init(_ bytes: [UInt8]) throws(CNIError) {
    let object: JSONObject
    do {
      object = try JSONObject(try JSONReader.document(bytes), as: "an object")
    } catch let problem as SyntaxProblem {
      throw CNIError(.undecodable, "the network configuration, line \(problem.line), \(problem.text)")
    } catch {
      throw CNIError(.undecodable, "the network configuration is no JSON object")
    }
    previousResult = try PreviousResult(in: bytes)
    do {
      try read(object)
    } catch let problem as FieldProblem {
      throw CNIError(.invalidConfiguration, "\(problem.path.fromTop) \(problem.text)")
    } catch let error as CNIError {
      throw error
    } catch {
      throw CNIError(.invalidConfiguration, "\(error)")
    }
  }

  private mutating func read(_ object: JSONObject) throws {
    version = try CNIVersion(of: object)
    try readNamespaces(object)
    isAmbientEnabled = try object.bool("ambient_enabled") ?? false
    ambientSelectors = try object.objects("enablement_selectors").map(AmbientSelector.init)
    usesNativeRules = try object.bool("native_nftables") ?? false
    runFolder = try object.string("cni_agent_run_dir").flatMap { $0.isEmpty ? nil : $0 }
    agentSocket = try object.string("agent_socket") ?? runFolder.map { "\($0)/agent.sock" }
    logFile = try object.string("log_file") ?? runFolder.map { "\($0)/istio-cni-swift.log" }
    logLevel = PluginLogLevel(istioName: try object.string("plugin_log_level") ?? "")
    if let defaults = try object.object("proxy_defaults") {
      for name in defaults.names { proxyDefaults[name] = try defaults.scalarText(name) }
    }
    if let runtime = try object.object("runtimeConfig"), runtime.value(Self.annotationsKey) != nil {
      annotations = try runtime.texts(Self.annotationsKey)
    }
  }

  private static let annotationsKey = "io.kubernetes.cri.pod-annotations"

  /// Releases of Istio up to 1.22 have the excluded namespaces under `kubernetes`.
  private mutating func readNamespaces(_ object: JSONObject) throws {
    agentNamespace = try object.string("pod_namespace") ?? ""
    let owner = try object.has("exclude_namespaces") ? object : object.object("kubernetes")
    if let owner, owner.has("exclude_namespaces") {
      excludedNamespaces = try owner.strings("exclude_namespaces")
    }
  }
}

extension CNIVersion {
  /// - Throws: `CNIError` for a version that the plugin does not support.
  init(of object: JSONObject) throws {
    let text = try object.string("cniVersion") ?? ""
    guard let version = CNIVersion(rawValue: text) else {
      let supported = CNIVersion.allCases.map(\.rawValue).listed("or")
      throw CNIError(
        .incompatibleVersion,
        "cniVersion is \(text.quotedForMessage), which is not supported; it must be \(supported)",
        details: "a missing cniVersion means 0.1.0")
    }
    self = version
  }
}

/// The level of a message in the plugin's log.
public enum PluginLogLevel: Int, Comparable, Sendable {
  case debug, info, warning, error, none

  /// - Parameter istioName: a level of Istio's `plugin_log_level`; an unknown one counts as info.
  init(istioName: String) {
    switch istioName {
    case "debug": self = .debug
    case "warn": self = .warning
    case "error", "fatal": self = .error
    case "none": self = .none
    default: self = .info
    }
  }

  /// The name in lines of the log, as Istio's.
  public var name: String {
    switch self {
    case .debug: "debug"
    case .info: "info"
    case .warning: "warn"
    case .error: "error"
    case .none: "none"
    }
  }

  public static func < (one: PluginLogLevel, other: PluginLogLevel) -> Bool { one.rawValue < other.rawValue }
}
