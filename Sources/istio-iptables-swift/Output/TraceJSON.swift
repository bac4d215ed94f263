import Intercept
import TextOutput

/// A trace as JSON: the answer of `trace --format json`.
struct TraceJSON: Encodable {
  let verdict: String
  /// The local port that gets the connection.
  let port: UInt16?
  let originalDestination: String?
  /// The verdict in a sentence.
  let summary: String
  let flow: String
  /// The rule that decided.
  let decision: PlaceJSON?
  let doubt: DoubtJSON?
  let steps: [StepJSON]
  /// The source of the rules; absent if they were skipped.
  let rules: String?

  /// The route inside the proxy; absent if the proxy does not get the connection, or its listeners are not known.
  let envoy: EnvoyJSON?

  /// - Parameter rules: the source of the rules.
  init(_ traced: TracedFlow, rules: String?) {
    let trace = traced.trace
    self.rules = trace == nil ? nil : rules
    // With --from-listener, the rules are assumed to have redirected the connection.
    verdict = trace?.verdict.word ?? "redirect"
    port = (trace.map(\.port) ?? traced.listener)?.rawValue
    originalDestination = (trace.map(\.originalDestination) ?? traced.flow.destination)?.description
    summary = traced.summary
    flow = traced.heading
    decision = trace?.decision.map(PlaceJSON.init)
    doubt = trace?.doubt.map(DoubtJSON.init)
    steps = trace?.steps.map(StepJSON.init) ?? []
    envoy = traced.route.map(EnvoyJSON.init)
  }
}

struct EnvoyJSON: Encodable {
  /// Absent if the configuration does not contain it.
  let listener: String?
  /// Number of the filter chain, from 1; absent for the default one, and without one.
  let filterChain: Int?
  /// Absent if it is not certain.
  let cluster: String?
  /// The clusters that may get the connection, if there are several.
  let clusters: [String]?
  /// Name of the route configuration that decides for each request.
  let routes: String?
  /// The objects that Istio made the listener of, if they are known.
  let madeOf: String?
  let why: String

  init(_ route: EnvoyRoute) {
    madeOf = route.origin
    listener = route.listener
    filterChain = route.filterChain
    cluster = route.cluster
    why = route.why
    switch route.destination {
    case .cluster, .unknown, .closed: (clusters, routes) = (nil, nil)
    case .oneOf(let names): (clusters, routes) = (names, nil)
    case .routes(let name, let names): (clusters, routes) = (names.isEmpty ? nil : names, name)
    }
  }
}

struct PlaceJSON: Encodable {
  let table: String
  let chain: String
  /// Number of the rule in its chain, from 1 as in iptables.
  let index: Int
  let rule: String
  let reason: String?

  init(_ decision: Decision) {
    table = decision.place.table.rawValue
    chain = decision.place.chain.text
    index = decision.place.index
    rule = decision.rule.iptablesText
    reason = decision.rule.reason
  }
}

struct StepJSON: Encodable {
  let table: String
  let chain: String
  /// Number of the rule in its chain, from 1 as in iptables.
  let index: Int
  let rule: String
  /// Absent if it is unknown.
  let matched: Bool?
  /// The purpose of the rule, if it is known.
  let reason: String?
  /// The part that did not match, or the effect of the match.
  let outcome: String

  init(_ step: TraceStep) {
    table = step.place.table.rawValue
    chain = step.place.chain.text
    index = step.place.index
    rule = step.rule.iptablesText
    reason = step.rule.reason
    outcome = step.outcome
    switch step.result {
    case .matched, .noListener: matched = true
    case .failed, .passed: matched = false
    case .uncertain: matched = nil
    }
  }
}

struct DoubtJSON: Encodable {
  let ifMatched: String
  let otherwise: String

  init(_ doubt: Doubt) {
    ifMatched = doubt.ifMatched.words
    otherwise = doubt.otherwise.words
  }
}

extension Verdict {
  /// The verdict in one word.
  var word: String {
    switch self {
    case .accept: "accept"
    case .redirect: "redirect"
    case .tproxy: "tproxy"
    case .drop: "drop"
    case .unknown: "unknown"
    }
  }
}

/// The form of a trace on standard output.
struct TraceAnswer {
  var format = DiffCommand.Format.text
  var isVerdictAlone = false
  var style = TextStyle.plain

  /// - Parameter rules: the source of the rules, for the first line.
  func text(_ traced: TracedFlow, rules: String?) throws -> String {
    if isVerdictAlone { return traced.word + "\n" }
    switch format {
    case .text:
      let head = traced.trace == nil ? "" : rules.map { "rules: \($0)\n\n" } ?? ""
      return head + traced.text(style)
    case .json: return try JSONWriter.text(TraceJSON(traced, rules: rules))
    }
  }
}
