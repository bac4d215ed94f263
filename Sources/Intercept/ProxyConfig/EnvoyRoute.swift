/// Where the proxy sends a connection, and why.
public struct EnvoyRoute: Hashable, Sendable {
  /// The listener that took it; nil where the configuration does not show it.
  public let listener: String?
  /// The number of its filter chain, counted from 1; nil for the default one, or none.
  public let filterChain: Int?
  public let destination: EnvoyDestination
  /// How it came to that, sentence by sentence.
  public let reasons: [String]
  /// What the listener was made of, where that is known.
  public var origin: String?

  /// The cluster, if it is one for certain.
  public var cluster: String? {
    switch destination {
    case .cluster(let name): name
    case .routes(_, let names): Set(names).count == 1 ? names.first : nil
    case .oneOf, .unknown, .closed: nil
    }
  }

  /// The end in a word or a name, for scripts: the cluster, `routes:NAME`, `unknown` or `closed`.
  public var word: String {
    switch destination {
    case .cluster(let name): name
    case .oneOf(let names): names.joined(separator: ",")
    case .routes(let name, _): cluster ?? "routes:\(name)"
    case .unknown: "unknown"
    case .closed: "closed"
    }
  }

  /// Everything in one text.
  public var why: String { (reasons + [summary]).joined(separator: "; ") }
}
