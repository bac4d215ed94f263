import Intercept

/// A trace as JSON, in a schema that the README describes and that only grows.
struct TraceJSON: Encodable {
  let verdict: String
  /// The port of this host that gets the connection.
  let port: UInt16?
  let originalDestination: String?
  /// The verdict in a sentence.
  let summary: String
  let flow: String
  /// The rule that decided.
  let decision: PlaceJSON?
  let doubt: DoubtJSON?
  let steps: [StepJSON]

  /// What the proxy does with it; absent where the rules lead elsewhere, or nobody showed its listeners.
  let envoy: EnvoyJSON?

  init(_ traced: TracedFlow) {
    let trace = traced.trace
    // Where the rules were not asked, they are taken to have delivered the connection.
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
  /// Absent where the configuration does not show it.
  let listener: String?
  /// Counted from 1; absent for the default one, and for none.
  let filterChain: Int?
  /// Absent where it is not one for certain.
  let cluster: String?
  /// The clusters that may get it, where there are several.
  let clusters: [String]?
  /// The routes that decide request by request.
  let routes: String?
  /// The objects that the listener was made of, where that is known.
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
  /// Counted from 1, as iptables counts.
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
  /// Counted from 1, as iptables counts.
  let index: Int
  let rule: String
  /// Absent where nobody can tell.
  let matched: Bool?
  /// Why the rule exists, if anybody said.
  let reason: String?
  /// What came of it: which part did not match, or what happened.
  let outcome: String

  init(_ step: TraceStep) {
    table = step.place.table.rawValue
    chain = step.place.chain.text
    index = step.place.index
    rule = step.rule.iptablesText
    reason = step.rule.reason
    outcome = step.outcome
    switch step.result {
    case .matched, .unheard: matched = true
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
