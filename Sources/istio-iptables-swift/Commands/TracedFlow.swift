import InputText
import Intercept
import TextOutput

/// The trace of a connection through the rules, and its route in the proxy.
struct TracedFlow {
  let flow: Flow
  /// The trace through the rules; nil if the rules were skipped.
  let trace: Trace?
  /// The route in the proxy; nil if its listeners were not given.
  let outcome: ProxyOutcome?
  /// Facts about the socket that gets the connection, if it is not the proxy's.
  var delivery: [String] = []
  /// More facts of the namespace that the rules do not show, one line each.
  var notes: [String] = []
  /// The rest of the path to the app of another pod; nil if it is not asked for.
  var path: PodPath?

  enum ProxyOutcome {
    case gets(EnvoyConnection, EnvoyRoute)
    /// The rules do not deliver the connection to the proxy.
    case isLeftOut
  }
}

extension TracedFlow {
  /// Follows a connection through the rules, and on through the proxy if its listeners are known.
  ///
  /// - Parameters:
  ///   - proxy: the proxy's listeners; nil if not given.
  ///   - rules: traces a flow through the rules.
  init(
    _ described: DescribedFlow, _ proxy: Proxy?, rules: (Flow) throws -> Trace
  ) rethrows {
    flow = described.flow
    guard let port = described.listener, let proxy else {
      let trace = try rules(described.flow)
      self.trace = trace
      outcome = proxy.map { proxy in
        proxy.configuration.connection(from: trace, described.content.firstBytes, described.content.request)
          .map {
            .gets($0, proxy.route($0))
          }
          ?? .isLeftOut
      }
      return
    }
    let connection = EnvoyConnection(
      port: port, original: flow.destination, source: flow.source, sourcePort: flow.sourcePort,
      firstBytes: described.content.firstBytes, request: described.content.request)
    trace = nil
    outcome = .gets(connection, proxy.route(connection))
  }

  var route: EnvoyRoute? {
    switch outcome {
    case .gets(_, let route): route
    case .isLeftOut, nil: nil
    }
  }

  /// The port of delivery if the rules were skipped (`--from-listener`).
  var listener: Port? {
    guard trace == nil, case .gets(let connection, _) = outcome else { return nil }
    return connection.port
  }
}

extension TracedFlow {
  func text(_ style: TextStyle, isBrief: Bool) -> String {
    let rules = trace?.text(style, isBrief: isBrief, delivery: delivery, notes: notes) ?? heading + "\n"
    let rest = path?.text(style, isBrief: isBrief) ?? ""
    switch outcome {
    case .gets(let connection, let route): return rules + "\n" + route.text(for: connection, style) + rest
    case .isLeftOut: return rules + "\nENVOY: \(leftOut)\n" + rest
    case nil: return rules + rest
    }
  }

  /// The connection in a line.
  var heading: String {
    if let trace { return trace.heading }
    let port = listener.map { "\($0)" } ?? ""
    return "\(flow.direction.rawValue) TCP to \(flow.destination), delivered to port \(port)"
  }

  /// The answer in a sentence.
  var summary: String {
    let parts = [trace?.summary(delivery: delivery), route?.summary, path?.summary].compactMap(\.self)
    return parts.joined(separator: "; ")
  }

  /// The verdict in a word; the proxy's if the rules were skipped.
  var word: String { trace?.word ?? route?.word ?? "" }

  private var leftOut: String {
    switch trace?.verdict {
    case .unknown: "unknown whether the proxy gets the connection"
    case .redirect, .tproxy, .dnat, .accept, .drop, .reject, nil: "the proxy does not get the connection"
    }
  }
}
