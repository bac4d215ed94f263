import PacketTrace
public import TextOutput

/// Destination of a connection inside the proxy, with reasons.
public struct EnvoyRoute: Hashable, Sendable {
  /// The handling listener; nil if the configuration lacks it.
  public let listener: String?
  /// Number of its filter chain, from 1; nil for the default one, and for none.
  public let filterChain: Int?
  public let destination: EnvoyDestination
  /// The reasons, one sentence each.
  public let reasons: [String]
  /// The object the listener was generated from, if known.
  public var origin: String?

  /// The cluster, if there is exactly one.
  public var cluster: String? {
    switch destination {
    case .cluster(let name): name
    case .routes(_, let names): Set(names).count == 1 ? names.first : nil
    case .oneOf, .unknown, .closed: nil
    }
  }

  /// The destination in one word, for scripts: the cluster, `routes:NAME`, `unknown` or `closed`.
  public var word: String {
    switch destination {
    case .cluster(let name): name
    case .oneOf(let names): names.joined(separator: ",")
    case .routes(let name, _): cluster ?? "routes:\(name)"
    case .unknown: "unknown"
    case .closed: "closed"
    }
  }

  /// The reasons and the destination in one text.
  public var why: String { (reasons + [summary]).joined(separator: "; ") }
}

extension EnvoyRoute {
  /// The destination in one sentence.
  public var summary: String {
    switch destination {
    case .cluster(let name): "the proxy sends it to \(name): \(ClusterName(name).meaning)"
    case .oneOf(let names): "the proxy sends it to one of \(names.joined(separator: ", "))"
    case .routes(let name, let clusters): Self.text(routes: name, clusters)
    case .unknown(let filter): "unknown: the destination depends on \(filter)"
    case .closed: "the proxy closes it"
    }
  }

  /// The route in the layout of a trace.
  public func text(for connection: EnvoyConnection, _ style: TextStyle = .plain) -> String {
    let head = "ENVOY: accepted on port \(connection.port), original destination \(connection.original)"
    let steps = reasons.map { $0.wrapped("       ", indent: "         ") }.joined()
    return head.wrapped(indent: "  ").coloured(.heading, style)
      + (listener.map { "  listener \($0)\n" } ?? "").coloured(.chain, style)
      + steps.coloured(.note, style) + "\n" + summary.wrapped().coloured(.end, style)
  }

  private static func text(routes: String, _ clusters: [String]) -> String {
    let names = Set(clusters).sorted()
    let http = "the proxy handles it as HTTP"
    switch names.count {
    case 0: return "\(http); route configuration \(routes) selects a cluster for each request"
    case 1: return "\(http) and sends all requests to \(names[0]): \(ClusterName(names[0]).meaning)"
    default: return "\(http) and sends each request to one of \(names.joined(separator: ", "))"
    }
  }
}
