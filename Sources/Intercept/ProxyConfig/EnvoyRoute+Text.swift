import NetworkValues
import PacketTrace
public import TextOutput

extension EnvoyRoute {
  /// The destination in one sentence.
  public var summary: String {
    switch destination {
    case .cluster(let name): "the proxy sends it to \(name): \(ClusterName(name).meaning)\(failure)"
    case .oneOf(let names): "the proxy sends it to one of \(names.joined(separator: ", "))\(failure)"
    case .http(let manager): Self.text(manager, clusters)
    case .response(let response): "the proxy responds with \(response)\(failure)"
    case .unknown(let filter): "unknown: the destination depends on \(filter)"
    case .closed: "the proxy closes it\(failure)"
    }
  }

  /// The route in the layout of a trace.
  public func text(for connection: EnvoyConnection, _ style: TextStyle = .plain) -> String {
    let head = "ENVOY: accepted on port \(connection.port), original destination \(connection.original)"
    let steps = (reasons + upstreams.compactMap(\.endpointText)).map {
      $0.wrapped("       ", indent: "         ")
    }.joined()
    return head.wrapped(indent: "  ").coloured(.heading, style)
      + (listener.map { "  listener \($0)\n" } ?? "").coloured(.chain, style)
      + steps.coloured(.note, style) + "\n" + summary.wrapped().coloured(.end, style)
  }

  /// The certain failure, as the access log reports it.
  private var failure: String {
    guard isFailure, let flag else { return "" }
    return "; the access log has \(flag)"
  }

  private static func text(_ manager: EnvoyHTTPConnectionManager, _ clusters: [String]) -> String {
    let names = Set(clusters).sorted()
    let http = "the proxy handles it as HTTP"
    let isComplete = manager.inline?.routesEveryRequest == true
    switch names.count {
    case 0: return "\(http); route configuration \(manager.routes) selects a cluster for each request"
    case 1:
      let requests = isComplete ? "all requests" : "requests that have a route"
      return "\(http) and sends \(requests) to \(names[0]): \(ClusterName(names[0]).meaning)"
    default:
      let requests = isComplete ? "each request" : "each request that has a route"
      return "\(http) and sends \(requests) to one of \(names.joined(separator: ", "))"
    }
  }
}

extension EnvoyResponse: CustomStringConvertible {
  public var description: String { "\(status)\(location.map { ", location \($0)" } ?? "")" }
}

extension EnvoyUpstream {
  /// The endpoints in one sentence, five at most.
  fileprivate var endpointText: String? {
    guard let endpoints, !endpoints.isEmpty else { return nil }
    let shown = endpoints.prefix(5).map(\.text).joined(separator: ", ")
    let more = endpoints.count > 5 ? " and \(endpoints.count - 5) more" : ""
    return "endpoints of \(cluster): \(shown)\(more)"
  }
}

extension EnvoyUpstream.Choice {
  fileprivate var text: String {
    let security: String? =
      switch tls {
      case .none: nil
      case .simple: "TLS"
      case .mutual: "mTLS"
      }
    let health = endpoint.health == .unknown ? nil : endpoint.health.rawValue
    let notes = [health, security, isLeftOut ? "not used" : nil].compactMap(\.self)
    return endpoint.address.description + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))")
  }
}
