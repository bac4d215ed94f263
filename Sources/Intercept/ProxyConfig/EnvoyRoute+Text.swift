import PacketTrace
public import TextOutput

extension EnvoyRoute {
  /// Where the connection ends, in a sentence.
  public var summary: String {
    switch destination {
    case .cluster(let name): "the proxy sends it to \(name): \(Self.meaning(of: name))"
    case .oneOf(let names): "the proxy sends it to one of \(names.joined(separator: ", "))"
    case .routes(let name, let clusters): Self.words(routes: name, clusters)
    case .unknown(let filter): "nobody can tell where the proxy sends it: \(filter) decides"
    case .closed: "the proxy closes it"
    }
  }

  /// The story, in the layout of a trace.
  public func text(for connection: EnvoyConnection, _ style: TextStyle = .plain) -> String {
    let head = "ENVOY: accepted on port \(connection.port), original destination \(connection.original)"
    let steps = reasons.map { $0.wrapped("       ", indent: "         ") }.joined()
    return head.wrapped(indent: "  ").coloured(.heading, style)
      + (listener.map { "  listener \($0)\n" } ?? "").coloured(.chain, style)
      + steps.coloured(.note, style) + "\n" + summary.wrapped().coloured(.end, style)
  }

  private static func words(routes: String, _ clusters: [String]) -> String {
    let names = Set(clusters).sorted()
    let requests = "the proxy reads its requests as HTTP"
    switch names.count {
    case 0: return "\(requests) and sends each where the routes called \(routes) say"
    case 1: return "\(requests) and sends them to \(names[0]): \(meaning(of: names[0]))"
    default: return "\(requests) and sends each to one of \(names.joined(separator: ", "))"
    }
  }

  /// What a cluster of this name is.
  private static func meaning(of cluster: String) -> String {
    switch cluster {
    case "PassthroughCluster":
      return "on to its original destination, as no service of the mesh is known there"
    case "BlackHoleCluster": return "nobody is there, and the connection is closed"
    case "InboundPassthroughCluster", "InboundPassthroughClusterIpv4", "InboundPassthroughClusterIpv6":
      return "on to the app at its original destination, as no service declares the port"
    default: break
    }
    let parts = cluster.split(separator: "|", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return "a cluster of the proxy's own" }
    if parts[0] == "inbound" { return "the app's own port \(parts[1])" }
    let subset = parts[2].isEmpty ? "" : ", subset \(parts[2])"
    return "the endpoints of \(parts[3]), port \(parts[1])\(subset)"
  }
}
