import LogText
import NetworkValues
import PacketTrace
import ProxyConfig
public import TextOutput

extension AccessLogExplanation {
  /// The explanation: the line in short, and a sentence for each thing to know.
  public func text(_ style: TextStyle = .plain) -> String {
    let body = sentences.map { $0.onOneLine.wrapped("     ", indent: "       ") }.joined()
    return heading.onOneLine.coloured(entry.hasFailed ? .red : .bold, style) + "\n" + body
  }

  /// Number, pod, time, direction, and the figures.
  public var heading: String {
    let figures = [
      entry.number(.bytesReceived).map { "\($0) bytes received" },
      entry.number(.bytesSent).map { "\($0) sent" }, entry.number(.duration).map { "\($0) ms" },
    ]
    let parts = ["line \(entry.number)", source.pod, entry[.startTime], direction].compactMap(\.self)
    return (parts + [figures.compactMap(\.self).joined(separator: ", ")]).filter { !$0.isEmpty }
      .joined(separator: "  ")
  }

  /// `TCP outbound`, or `GET web/path inbound, status 503`.
  public var direction: String {
    guard entry.isHTTP else {
      return "\(entry.isProtocolKnown ? "TCP" : "connection") \(hop.side.words)"
    }
    let target = entry[.authority].map { $0 + (entry[.path] ?? "") } ?? entry[.path]
    let request = [entry[.method] ?? (target == nil ? "HTTP" : nil), target].compactMap(\.self)
    return "\(request.joined(separator: " ")) \(hop.side.words), status "
      + (entry[.responseCode] ?? "unknown")
  }

  private var sentences: [String] {
    [ends, clusterText].compactMap(\.self) + flagTexts + detailTexts + remarks
      + [partner.map { "the other end of this connection is line \($0)" }, rulesText, today?.text]
      .compactMap(\.self)
  }

  /// The path of the connection by its addresses.
  private var ends: String? {
    let client = hop.client.map(\.description) ?? entry[.downstreamRemoteAddress]
    let asked = hop.original.map(\.description) ?? entry[.downstreamLocalAddress]
    let upstream = hop.upstream.map(\.description) ?? entry[.upstreamHost]
    let first = client.map { "\($0) connected to \(asked ?? "an unknown address")" }
    let second = upstream.map { to in
      hop.source.map { "the proxy from \($0) to \(to)" } ?? "the proxy tried \(to)"
    }
    let absence = entry.isLogged(.upstreamHost) ? "the proxy chose no endpoint" : nil
    let parts = [first, second ?? absence].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  /// The decision of the rules now; every connection of a sidecar's log was redirected.
  private var rulesText: String? {
    guard let trace else { return nil }
    switch trace.verdict {
    case .redirect, .tproxy: return "with these rules: the same, \(trace.summary)"
    case .accept, .dnat, .drop, .reject: return "with these rules DIFFERENT: \(trace.summary)"
    case .unknown: return "with these rules: \(trace.summary)"
    }
  }

  private var clusterText: String? {
    entry[.upstreamCluster].map { "\($0): \(ClusterName($0).meaning)" }
  }

  private var flagTexts: [String] {
    flags.map { "\($0.rawValue), \($0.longName): \($0.meaning). Usual causes: \($0.causes)" }
      + unknownFlags.map { "\($0): a flag of an extension" }
  }

  private var detailTexts: [String] {
    details.map { detail in detail.meaning.map { "\(detail.text): \($0)" } ?? detail.text }
  }
}

extension ConnectionHop.Side {
  fileprivate var words: String {
    switch self {
    case .outbound, .inbound: rawValue
    case .gateway: "through a gateway"
    case .proxy: "by the proxy itself"
    case .unknown: "in an unknown direction"
    }
  }
}

extension RouteToday {
  /// The comparison in a sentence.
  public var text: String {
    let listener = route.listener.map { " (listener \($0))" } ?? ""
    switch comparison {
    case .same: return "with these listeners: the same cluster\(listener)"
    case .different: return "with these listeners DIFFERENT: \(route.summary)\(listener). Reason: \(reasons)"
    case .unknown: return "with these listeners: \(route.summary)\(listener)"
    }
  }

  private var reasons: String { route.reasons.joined(separator: "; ") }
}
