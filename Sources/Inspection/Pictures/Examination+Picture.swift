import Intercept
import Pictures

extension Examination {
  /// The pod's ports, then the rules with the path of one connection.
  var picture: Graph {
    var picture = Graph(ports, configuration ?? Configuration())
    let drawn = keyTrace.map { Graph($0, in: ruleset(of: $0)) } ?? Graph(rules: facts.rulesets)
    picture.title = keyTrace.map { "Pod and rules: \($0.heading)" } ?? "Pod and rules"
    picture.summary += ". \(drawn.summary)"
    picture.groups += drawn.groups
    return picture
  }

  /// Istio's ports and their listeners.
  var ports: PortReport {
    PortReport(
      configuration ?? Configuration(), probePort: .validationProbe, facts.listeners, in: facts.host)
  }

  private var keyTrace: Trace? {
    (traces.first { $0.role == .question } ?? traces.first { $0.trace.isLost } ?? traces.first)?.trace
  }

  /// The rules of a trace's family.
  func ruleset(of trace: Trace) -> Ruleset? {
    facts.rulesets.first { $0.family == trace.flow.destination.address.family }
  }
}
