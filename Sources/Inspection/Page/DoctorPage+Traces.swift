import Intercept
import Pictures

extension DoctorPage {
  private static let limit = 40

  /// The typical connections, each with its picture and its steps.
  var traces: Section {
    let shown = pod.traces.prefix(Self.limit).enumerated().map { trace($1, number: $0 + 1) }
    let rest = pod.traces.count - shown.count
    let more: Markup = rest > 0 ? "<p>\(rest) more connections are left out.</p>\n" : ""
    return Section(
      anchor: "traces", title: "Typical connections",
      content: shown.isEmpty ? "<p>There are no rules to follow.</p>\n" : "\(shown)\(more)")
  }

  private func trace(_ typical: TypicalTrace, number: Int) -> Markup {
    let trace = typical.trace
    let family = trace.flow.destination.address.family
    let route: Markup = typical.route.map { route in "<p>In the proxy: \(route.why)</p>\n" } ?? ""
    let steps = trace.events.enumerated().compactMap { step($1, $0, trace: number, family) }
    return """
      <details class="trace" id="trace-\(number)" open>
      <summary>\(typical.label): \(trace.verdict.words)</summary>
      <p>\(trace.heading)</p>
      <p><strong>\(trace.summary)</strong></p>
      \(route)      \(Self.figure(Graph(trace, in: pod.ruleset(of: trace)), caption: "The path is blue and bold; numbers count the rules that match."))
      <div class="controls" role="group" aria-label="Steps of this connection" hidden>
      <button type="button" data-move="-1">Previous step</button>
      <button type="button" data-move="1">Next step</button>
      <p role="status"></p>
      </div>
      <ol class="steps">
      \(steps)</ol>
      </details>

      """
  }

  /// Nil for an event that has no text of its own.
  private func step(_ event: TraceEvent, _ index: Int, trace: Int, _ family: IPFamily) -> Markup? {
    let (kind, words, key): (String, Markup, String)
    switch event {
    case .hook(let hook, let packet):
      let end = Endpoint(packet.destination, packet.destinationPort)
      (kind, words, key) = ("hook", "hook \(hook.rawValue), packet to \(end.description)", "")
    case .rule(let step):
      let reason: Markup =
        step.rule.reason.map { reason in "<br><span class=\"reason\">\(reason)</span>" } ?? ""
      (kind, key) = (
        step.isMatch ? "matched" : "failed",
        "\(family) \(step.place.table.name) \(step.place.chain) \(step.place.index)"
      )
      words = "\(step.place.description): <code>\(step.rule.text)</code><br>\(step.outcome)\(reason)"
    case .policy(let policy, let table, let chain):
      (kind, words, key) = ("hook", "end of \(chain) (\(table.name)): policy \(policy.rawValue)", "")
    case .foreign(let step): (kind, words, key) = ("matched", "\(step.words): \(step.outcome)", "")
    case .rerouted(let interface):
      (kind, words, key) = ("hook", "rerouted: the packet now leaves via \(interface.description)", "")
    case .table, .natSkipped: return nil
    }
    return "<li id=\"trace-\(trace)-step-\(index)\" class=\"\(kind)\" data-key=\"\(key)\">\(words)</li>\n"
  }
}
