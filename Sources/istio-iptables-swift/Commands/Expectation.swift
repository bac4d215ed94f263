import Intercept

/// The expected result of a connection: a verdict with an optional port, and a cluster of the proxy.
struct Expectation {
  let text: String
  private let word: String?
  private let port: Port?
  private let cluster: String?

  /// - Parameters:
  ///   - verdict: for example `accept` or `redirect:15001`; nil for any.
  ///   - cluster: the cluster's name, or another `EnvoyRoute.word`; nil for any.
  /// - Throws: `OptionProblem` for an unknown verdict.
  init?(_ verdict: String?, cluster: String?) throws(OptionProblem) {
    guard verdict != nil || cluster != nil else { return nil }
    let parts = verdict?.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(
      String.init)
    word = parts?.first
    port = parts?.count == 2 ? Port(parts?.last ?? "") : nil
    self.cluster = cluster
    text = [verdict, cluster].compactMap(\.self).joined(separator: ", ")
    let known = ["accept", "forward", "snat", "redirect", "tproxy", "dnat", "drop", "reject", "unknown", nil]
    let isKnown = known.contains(word)
    guard isKnown, parts?.count != 2 || port != nil else {
      throw OptionProblem("expect: '\(verdict ?? "")': give a verdict, like accept or redirect:15001")
    }
  }

  /// True if the proxy's listeners decide about it.
  var needsProxy: Bool { cluster != nil }

  func isFulfilled(by traced: TracedFlow) -> Bool {
    // `accept` includes the packets that leave with another source, or are forwarded.
    let words = traced.trace.map { [$0.word, $0.verdict.word] } ?? ["redirect"]
    let isRightVerdict = word.map(words.contains) ?? true
    let isRightPort = port.map { $0 == traced.trace?.port ?? traced.listener } ?? true
    return isRightVerdict && isRightPort && cluster.map { $0 == traced.route?.word } ?? true
  }
}
