import Intercept

extension Examination {
  /// The facts that were examined, a line each.
  var summary: [String] {
    [rulesLine, tracesLine, routesLine, listenersLine, connectionsLine].compactMap(\.self)
  }

  private var rulesLine: String {
    guard let configuration else { return "rules: \(otherRules)" }
    let families = rules.families.map(\.description).sorted().joined(separator: " and ")
    guard facts.wanted == nil, let guess = facts.guess else {
      return "rules: \(families), compared with the given options (Istio \(configuration.release))"
    }
    let form = guess.isNative ? "nftables form" : "iptables form"
    let options = guess.commandLine.isEmpty ? "the defaults" : guess.commandLine
    return "rules: Istio \(guess.releaseText), \(form), \(families), as by: \(options)"
  }

  private var otherRules: String {
    guard facts.areRulesKnown, let mesh = facts.mesh else { return "unknown" }
    return mesh.kind == .unknown ? "none of Istio's" : mesh.name
  }

  private var tracesLine: String? {
    guard configuration != nil else { return nil }
    let words = traces.filter { !$0.role.isQuestion }.map { "\($0.label) \($0.trace.verdictWords)" }
    return "typical connections: " + words.joined(separator: "; ")
  }

  /// Nil if the proxy's configuration is unknown.
  private var routesLine: String? {
    let words = traces.compactMap { typical in typical.route.map { "\(typical.label): \($0.word)" } }
    return words.isEmpty ? nil : "in the proxy: " + words.joined(separator: "; ")
  }

  private var listenersLine: String {
    let apps = Set(appListeners.map(\.port)).sorted().map(\.description)
    return "app listeners: " + (apps.isEmpty ? "none" : apps.joined(separator: ", "))
  }

  private var connectionsLine: String {
    "connections: " + ConnectionReport(connections: connections).summary
  }
}

extension TypicalTrace.Role {
  /// True for a destination that the user asks about.
  var isQuestion: Bool { self == .question || self == .proxyQuestion }
}

extension TypicalTrace {
  /// The connection in a few words.
  var label: String {
    switch role {
    case .appOutbound: "app to \(trace.flow.destination)"
    case .proxyOutbound: "proxy to \(trace.flow.destination)"
    case .appInbound(let port, let interface): "inbound to \(port)" + (interface.map { " on \($0)" } ?? "")
    case .capturedInbound(let port): "inbound to \(port) (no app listens)"
    case .answer(let port): "answer of the proxy's port \(port)"
    case .proxyToApp(let port): "proxy to the app's port \(port)"
    case .health(let port): "health check of \(port)"
    case .probe(let probe): "\(probe.name) to \(probe.port)"
    case .question: "app to \(trace.flow.destination)"
    case .proxyQuestion: "proxy to \(trace.flow.destination)"
    }
  }
}

extension Trace {
  /// The verdict in a few words: `not captured`, `not sent (ENETUNREACH)`.
  fileprivate var verdictWords: String {
    missingRoute.map { "not sent (\($0.failure.rawValue))" } ?? verdict.words
  }
}
