import Intercept
import Pictures
import RuleCommands
import TextOutput

/// A trace as JSON: the answer of `trace --format json`.
struct TraceJSON: Encodable {
  let verdict: String
  /// The local port that gets the connection.
  let port: UInt16?
  /// Source and destination of the packet at the end of the path; the source is absent if it is not known.
  let source: String?
  let destination: String
  let originalDestination: String?
  /// The verdict in a sentence.
  let summary: String
  let flow: String
  /// The rule that decided.
  let decision: PlaceJSON?
  let doubt: DoubtJSON?
  let steps: [StepJSON]
  /// Parts of the rules that the packet may have met and that are not modelled.
  let notFollowed: [String]
  /// Facts of the namespace that the rules do not show, such as a port without a listener; absent without any.
  let notes: [String]?
  /// The source of the rules; absent if they were skipped.
  let rules: String?

  /// The route inside the proxy; absent if the proxy does not get the connection, or its listeners are not known.
  let envoy: EnvoyJSON?
  /// The rest of the path to the app of the pod of `--to-pod`; absent without that option.
  let toPod: PodPathJSON?

  /// - Parameter rules: the source of the rules.
  init(_ traced: TracedFlow, rules: String?) {
    let route = traced.trace?.missingRoute.map { ["\($0)"] } ?? []
    let notes = route + traced.delivery + traced.notes
    self.notes = notes.isEmpty ? nil : notes
    let trace = traced.trace
    self.rules = trace == nil ? nil : rules
    // With --from-listener, the rules are assumed to have redirected the connection.
    verdict = trace?.word ?? "redirect"
    port = (trace.map(\.port) ?? traced.listener)?.rawValue
    originalDestination = (trace.map(\.originalDestination) ?? traced.flow.destination)?.description
    source = (trace?.packet.source ?? traced.flow.source)?.description
    destination =
      (trace.map { Endpoint($0.packet.destination, $0.packet.destinationPort) } ?? traced.flow.destination)
      .description
    notFollowed = trace?.notFollowed ?? []
    summary = traced.summary
    flow = traced.heading
    decision = trace?.decision.map(PlaceJSON.init)
    doubt = trace?.doubt.map(DoubtJSON.init)
    steps = trace?.steps.map(StepJSON.init) ?? []
    envoy = traced.route.map(EnvoyJSON.init)
    toPod = traced.path.map(PodPathJSON.init)
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
    table = decision.place.table.name
    chain = decision.place.chain
    index = decision.place.index
    rule = decision.rule.text
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
    table = step.place.table.name
    chain = step.place.chain
    index = step.place.index
    rule = step.rule.text
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
  /// The rule that decides in the other order of chains; absent unless the order is the cause, and without such a rule.
  let otherDecision: PlaceJSON?

  init(_ doubt: Doubt) {
    otherDecision = doubt.otherDecision.map(PlaceJSON.init)
    ifMatched = doubt.ifMatched.words
    otherwise = doubt.otherwise.words
  }
}

extension Trace {
  /// The verdict in one word, for a packet that leaves the host with the kind of its path: `forward`, or `snat` if NAT
  /// has changed its source.
  var word: String {
    guard verdict == .accept else { return verdict.word }
    if isForwarded { return "forward" }
    return translatedSource == nil ? verdict.word : "snat"
  }
}

extension Verdict {
  /// The verdict in one word.
  var word: String {
    switch self {
    case .accept: "accept"
    case .redirect: "redirect"
    case .tproxy: "tproxy"
    case .dnat: "dnat"
    case .drop: "drop"
    case .reject: "reject"
    case .unknown: "unknown"
    }
  }
}

/// The form of a trace on standard output.
struct TraceAnswer {
  var format = AnswerFormat.text
  var isVerdictAlone = false
  /// True to leave out rules that do not match.
  var isBrief = false
  var style = TextStyle.plain

  /// - Parameters:
  ///   - rules: the source of the rules, for the first line.
  ///   - ruleset: the rules, for a picture.
  func text(_ traced: TracedFlow, rules: String?, _ ruleset: Ruleset?) throws -> String {
    if isVerdictAlone { return traced.word + "\n" }
    switch format {
    case .text:
      let head = traced.trace == nil ? "" : rules.map { "rules: \($0)\n" } ?? ""
      return head + traced.text(style, isBrief: isBrief)
    case .json: return try JSONWriter.text(TraceJSON(traced, rules: rules))
    case .svg, .mermaid, .dot:
      guard let trace = traced.trace, let picture = format.picture else {
        throw CommandError("--from-listener skips the rules: there is no picture of them")
      }
      return picture.text(of: Graph(trace, in: ruleset))
    case .sarif, .github:
      throw CommandError("--format \(format.rawValue) reports the expectations of --flows; give that as well")
    }
  }
}
