/// The filter chain that a listener selects.
struct EnvoyFilterChainChoice {
  /// Number of the filter chain, from 1; nil for the default one, and for none.
  var number: Int?
  /// The filter chain; nil if none matches, or the match is unknown.
  var chain: EnvoyFilterChain?
  var destination: EnvoyDestination
  /// The reasons, one sentence each.
  var reasons: [String]
}

extension EnvoyFilterChainChoice {
  /// Returns the choice with the cluster that the server name gives, if the chain forwards by it.
  ///
  /// - Parameter serverName: the detected server name; nil for none.
  func followingServerName(_ serverName: String?) -> EnvoyFilterChainChoice {
    guard chain?.forwardsByServerName == true, let serverName else { return self }
    var choice = self
    choice.destination = .cluster(serverName)
    choice.reasons.append("the filter sni_cluster makes the server name the cluster")
    return choice
  }
}

extension EnvoyListener {
  /// Selects the filter chain for a connection.
  func choose(_ inspected: InspectedConnection) -> EnvoyFilterChainChoice {
    if let matcher { return choose(by: matcher, inspected) }
    var search = EnvoyFilterChainSearch(self, inspected)
    for step in EnvoyMatchStep.allCases {
      if let undecided = search.narrow(step) { return undecided }
    }
    return search.result
  }

  /// The default filter chain, or none.
  ///
  /// - Parameter reasons: the reasons that no other filter chain matches.
  fileprivate func fallback(_ reasons: [String]) -> EnvoyFilterChainChoice {
    guard let chain = defaultFilterChain else {
      return EnvoyFilterChainChoice(destination: .closed, reasons: reasons + ["no filter chain matches"])
    }
    return EnvoyFilterChainChoice(
      chain: chain, destination: chain.destination, reasons: reasons + ["the default filter chain is used"])
  }

  private func choose(by matcher: EnvoyMatcher, _ inspected: InspectedConnection) -> EnvoyFilterChainChoice {
    switch matcher.evaluate(inspected) {
    case .noMatch: return fallback(["filter_chain_matcher matches nothing"])
    case .unknown(let input):
      return EnvoyFilterChainChoice(
        destination: .unknown(filter: "filter_chain_matcher"),
        reasons: ["filter_chain_matcher depends on \(input)"])
    case .action(let name):
      guard let index = filterChains.firstIndex(where: { $0.name == name }) else {
        return EnvoyFilterChainChoice(
          destination: .closed, reasons: ["filter_chain_matcher selects \(name), which does not exist"])
      }
      return EnvoyFilterChainChoice(
        number: index + 1, chain: filterChains[index], destination: filterChains[index].destination,
        reasons: ["filter_chain_matcher selects filter chain \(index + 1) (\(name))"])
    }
  }
}

/// State of the selection of a filter chain.
private struct EnvoyFilterChainSearch {
  let listener: EnvoyListener
  let inspected: InspectedConnection
  private var remaining: [Int]
  private var reasons: [String] = []

  init(_ listener: EnvoyListener, _ inspected: InspectedConnection) {
    self.listener = listener
    self.inspected = inspected
    remaining = Array(listener.filterChains.indices)
  }

  /// Keeps the chains with the most specific match at a step; returns a choice if the match is unknown.
  mutating func narrow(_ step: EnvoyMatchStep) -> EnvoyFilterChainChoice? {
    let fits = remaining.map { (chain: $0, fit: listener.filterChains[$0].match.fit(inspected, step)) }
    if let uncertain = fits.first(where: { $0.fit == .unknown }) { return undecided(uncertain.chain, step) }
    let best = fits.compactMap(\.fit.exactness).max()
    for (chain, fit) in fits where best == nil || fit.exactness != best { reject(chain, step) }
    remaining = fits.filter { best != nil && $0.fit.exactness == best }.map(\.chain)
    return nil
  }

  private mutating func reject(_ chain: Int, _ step: EnvoyMatchStep) {
    guard let requirement = listener.filterChains[chain].match.requirement(step) else {
      return reasons.append("\(words(chain)) is less specific than another: skipped")
    }
    let missing = inspected.missing(at: step).map { ", \($0)" } ?? ""
    reasons.append("\(words(chain)) requires \(requirement)\(missing): skipped")
  }

  private func undecided(_ chain: Int, _ step: EnvoyMatchStep) -> EnvoyFilterChainChoice {
    let requirement = listener.filterChains[chain].match.requirement(step) ?? ""
    let reason = "\(words(chain)) requires \(requirement), but the source of the connection is not given"
    return EnvoyFilterChainChoice(
      destination: .unknown(filter: "the choice of a filter chain"), reasons: reasons + [reason])
  }

  var result: EnvoyFilterChainChoice {
    guard let chosen = remaining.first else { return listener.fallback(reasons) }
    let chain = listener.filterChains[chosen]
    let requirements = chain.match.requirements
    let what =
      requirements.isEmpty ? "matches every connection" : "matches \(requirements.joined(separator: " and "))"
    return EnvoyFilterChainChoice(
      number: chosen + 1, chain: chain, destination: chain.destination,
      reasons: reasons + ["\(words(chosen)) \(what)"])
  }

  private func words(_ chain: Int) -> String {
    "filter chain \(chain + 1)" + (listener.filterChains[chain].name.map { " (\($0))" } ?? "")
  }
}
