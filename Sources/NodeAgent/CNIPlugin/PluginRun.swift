public import Intercept
import TextOutput

/// The parts of the node that the plugin uses.
public protocol PluginHost {
  /// Returns the facts of the host and of a pod's namespace.
  func facts(ofNamespace path: String) -> any HostFacts

  /// Returns the agent's answer to a request; nil if there is none in time.
  func ask(_ request: String, at socket: String) -> [UInt8]?

  /// Installs the rules in a pod's namespace.
  ///
  /// - Returns: the log's lines about it.
  /// - Throws: `CNIError`.
  func install(_ rules: PodRules, inNamespace path: String) throws(CNIError) -> [String]

  /// Returns the differences of the live rules from a pod's, a line each.
  func differences(from rules: PodRules, inNamespace path: String) throws(CNIError) -> [String]

  /// Throws if the kernel has no nf_tables, or the plugin may not use it.
  func checkKernel() throws(CNIError)
}

/// One run of the plugin: a request and its answer.
public struct PluginRun {
  private let host: any PluginHost
  /// The messages of the run, for the log.
  public private(set) var messages: [(level: PluginLogLevel, text: String)] = []
  /// The configuration; nil if it could not be read.
  public private(set) var configuration: PluginConfiguration?

  public init(on host: any PluginHost) {
    self.host = host
  }

  /// The answer to a request.
  public struct Answer: Equatable {
    /// The text for standard output: a JSON object, or nothing.
    public let text: String
    /// The exit status: 0, or 1 for an error object.
    public let status: Int32
  }

  /// Performs a request.
  ///
  /// - Parameters:
  ///   - environment: returns the value of a variable, if it is set.
  ///   - input: the bytes of standard input.
  public mutating func answer(environment: (String) -> String?, input: [UInt8]) -> Answer {
    do throws(CNIError) {
      let request = try CNIRequest(environment: environment)
      if request.operation == .version { return Answer(text: Self.versions(input), status: 0) }
      let configuration = try PluginConfiguration(input)
      self.configuration = configuration
      try Self.check(request.operation, configuration.version)
      return Answer(text: try perform(request, configuration), status: 0)
    } catch {
      messages.append((.error, error.message))
      return Answer(text: error.json(version: configuration?.version ?? .newest), status: 1)
    }
  }

  private static func versions(_ input: [UInt8]) -> String {
    CNIVersion.answer(to: (try? PluginConfiguration(input))?.version.rawValue)
  }

  private static func check(_ operation: CNIOperation, _ version: CNIVersion) throws(CNIError) {
    guard version < operation.since else { return }
    throw CNIError(
      .incompatibleVersion,
      "\(operation.rawValue) needs cniVersion \(operation.since.rawValue), but it is \(version.rawValue)")
  }

  /// Performs an operation and returns the text for standard output.
  private mutating func perform(
    _ request: CNIRequest, _ configuration: PluginConfiguration
  ) throws(CNIError) -> String {
    switch request.operation {
    case .add:
      if let rules = try rules(request, configuration) {
        let lines = try host.install(rules, inNamespace: request.namespacePath)
        note(request, lines.joined(separator: "; "))
      }
      return configuration.previousResult.result(configuration.version)
    case .check:
      if let rules = try rules(request, configuration) { try check(rules, request) }
      return ""
    case .status:
      try host.checkKernel()
      return ""
    // The rules end with the namespace, so there is nothing to release. A pod of several networks can lose one of
    // them and live on: its rules must stay.
    case .delete, .garbageCollection, .version: return ""
    }
  }

  private func check(_ rules: PodRules, _ request: CNIRequest) throws(CNIError) {
    let differences = try host.differences(from: rules, inNamespace: request.namespacePath)
    guard !differences.isEmpty else { return }
    throw CNIError(
      .rulesDiffer, "the rules of pod \(request.pod) are not as they should be: \(differences.listed())")
  }

  private mutating func note(_ request: CNIRequest, _ text: String, _ level: PluginLogLevel = .info) {
    messages.append((level, "pod \(request.pod): \(text)"))
  }
}

extension CNIRequest {
  /// The pod for messages: `shop/web`.
  fileprivate var pod: String { "\(arguments.namespace)/\(arguments.name)".onOneLine }
}

extension PluginRun {
  /// Decides about a pod and builds its rules; nil if it gets none.
  private mutating func rules(
    _ request: CNIRequest, _ configuration: PluginConfiguration
  ) throws(CNIError) -> PodRules? {
    if let reason = PodDecision.beforeReading(request.arguments, configuration) {
      note(request, "no rules: \(reason)")
      return nil
    }
    let pod = pod(request, configuration)
    switch PodDecision(pod, configuration) {
    case .skip(let reason):
      note(request, "no rules: \(reason)")
      return nil
    case .redirect: return try rules(of: pod, request, configuration)
    }
  }

  private mutating func pod(_ request: CNIRequest, _ configuration: PluginConfiguration) -> PluginPod {
    var pod = PluginPod(
      annotations: configuration.annotations ?? [:], defaults: configuration.proxyDefaults)
    // A pod that is not injected gets no rules, whatever the agent knows.
    let mayNeedRules = configuration.annotations == nil || pod.isInjected || configuration.isAmbientEnabled
    if mayNeedRules, let socket = configuration.agentSocket {
      let question = AgentProtocol.podRequest(request.arguments, containerID: request.containerID)
      if let answer = host.ask(question, at: socket).flatMap(AgentProtocol.body), pod.add(answer: answer) {
        return pod
      }
      note(request, "the agent at \(socket.onOneLine) does not know the pod; defaults apply", .warning)
    }
    if configuration.annotations == nil, pod.annotations.isEmpty {
      note(
        request, "the runtime hands over no annotations; the entry needs the capability of that name",
        .warning)
    }
    return pod
  }

  private mutating func rules(
    of pod: PluginPod, _ request: CNIRequest, _ configuration: PluginConfiguration
  ) throws(CNIError) -> PodRules {
    do throws(InvalidOptions) {
      let rules = try PodRules(
        pod, configuration.previousResult.addresses, isNative: configuration.usesNativeRules,
        facts: host.facts(ofNamespace: request.namespacePath))
      rules.warnings.forEach { note(request, $0, .warning) }
      return rules
    } catch {
      let problems = error.problems.map(\.description).joined(separator: "; ")
      throw CNIError(.invalidAnnotation, "pod \(request.pod): \(problems)")
    }
  }
}
