import Intercept
import TextOutput

/// What becomes of a connection: under the rules, and within the proxy.
struct TracedFlow {
  let flow: Flow
  /// What the rules say; nil where they were not asked.
  let trace: Trace?
  /// What the proxy does with it; nil where nobody showed the proxy's listeners.
  let proxy: Proxy?

  enum Proxy {
    case gets(EnvoyConnection, EnvoyRoute)
    /// The rules lead elsewhere.
    case isLeftOut
  }
}

extension TracedFlow {
  /// Follows a connection through the rules, and on through the proxy if its listeners are known.
  ///
  /// - Parameters:
  ///   - listener: the port where the connection is taken to be delivered already; nil to ask the rules.
  ///   - rules: answers what the rules do.
  init(
    _ described: DescribedFlow, _ proxy: EnvoyConfiguration?, rules: (Flow) throws -> Trace
  ) rethrows {
    flow = described.flow
    guard let port = described.listener, let proxy else {
      let trace = try rules(described.flow)
      self.trace = trace
      self.proxy = proxy.map { proxy in
        proxy.connection(from: trace, greeting: described.greeting).map { .gets($0, proxy.route($0)) }
          ?? .isLeftOut
      }
      return
    }
    let connection = EnvoyConnection(
      port: port, original: flow.destination, source: flow.source, sourcePort: flow.sourcePort,
      greeting: described.greeting)
    trace = nil
    self.proxy = .gets(connection, proxy.route(connection))
  }

  var route: EnvoyRoute? {
    switch proxy {
    case .gets(_, let route): route
    case .isLeftOut, nil: nil
    }
  }

  /// The port that the connection is taken to be delivered to, where the rules were not asked.
  var listener: Port? {
    guard trace == nil, case .gets(let connection, _) = proxy else { return nil }
    return connection.port
  }
}

extension TracedFlow {
  func text(_ style: TextStyle) -> String {
    let rules = trace?.text(style) ?? heading + "\n"
    switch proxy {
    case .gets(let connection, let route): return rules + "\n" + route.text(for: connection, style)
    case .isLeftOut: return rules + "\nENVOY: \(leftOut)\n"
    case nil: return rules
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
    let parts = [trace?.summary, route?.summary].compactMap(\.self)
    return parts.joined(separator: "; ")
  }

  /// The verdict in a word; the proxy's where the rules were not asked.
  var word: String { trace?.verdict.word ?? route?.word ?? "" }

  private var leftOut: String {
    switch trace?.verdict {
    case .unknown: "nobody can tell whether the proxy gets the connection"
    case .redirect, .tproxy, .accept, .drop, nil: "the proxy does not get the connection"
    }
  }
}
