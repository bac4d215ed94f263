/// The filter chain that a listener chooses for a connection.
struct EnvoyChoice {
  /// Its number, counted from 1; nil for the default one, or for none.
  var number: Int?
  var destination: EnvoyDestination
  /// How it came to that, sentence by sentence.
  var reasons: [String]
}

extension EnvoyListener {
  /// The filter chain that takes a connection.
  func choose(_ connection: EnvoyConnection) -> EnvoyChoice {
    guard !choosesByMatcher else {
      let reason = "it chooses filter chains by filter_chain_matcher, which this program does not read"
      return EnvoyChoice(destination: .unknown(filter: "filter_chain_matcher"), reasons: [reason])
    }
    var search = EnvoyChainSearch(self, connection)
    for step in EnvoyMatchStep.allCases {
      if let doubt = search.narrow(step) { return doubt }
    }
    return search.result
  }
}

/// A search for a filter chain while it goes on.
private struct EnvoyChainSearch {
  let listener: EnvoyListener
  let connection: EnvoyConnection
  private var left: [Int]
  private var reasons: [String] = []

  init(_ listener: EnvoyListener, _ connection: EnvoyConnection) {
    self.listener = listener
    self.connection = connection
    left = Array(listener.filterChains.indices)
  }

  /// Keeps the chains that fit best at a step; a choice if nobody can tell which do.
  mutating func narrow(_ step: EnvoyMatchStep) -> EnvoyChoice? {
    let fits = left.map { (chain: $0, fit: listener.filterChains[$0].match.fit(connection, step)) }
    if let doubtful = fits.first(where: { $0.fit == .unknown }) { return doubt(doubtful.chain, step) }
    let best = fits.compactMap(\.fit.exactness).max()
    for (chain, fit) in fits where best == nil || fit.exactness != best { passOver(chain, step) }
    left = fits.filter { best != nil && $0.fit.exactness == best }.map(\.chain)
    return nil
  }

  private mutating func passOver(_ chain: Int, _ step: EnvoyMatchStep) {
    guard let demand = listener.filterChains[chain].match.demand(step) else {
      return reasons.append("\(words(chain)) is less exact than another: passed over")
    }
    let isGuess = step.isAboutGreeting && connection.greeting == nil
    reasons.append("\(words(chain)) wants \(demand)\(isGuess ? ", which nobody said" : ""): passed over")
  }

  private func doubt(_ chain: Int, _ step: EnvoyMatchStep) -> EnvoyChoice {
    let demand = listener.filterChains[chain].match.demand(step) ?? ""
    let reason = "\(words(chain)) wants \(demand), and nobody said where the connection comes from"
    return EnvoyChoice(
      destination: .unknown(filter: "the choice of a filter chain"), reasons: reasons + [reason])
  }

  var result: EnvoyChoice {
    guard let chosen = left.first else { return fallback }
    let chain = listener.filterChains[chosen]
    let demands = chain.match.demands
    let what =
      demands.isEmpty ? "asks for nothing" : "wants \(demands.joined(separator: " and ")), and gets it"
    return EnvoyChoice(
      number: chosen + 1, destination: chain.destination, reasons: reasons + ["\(words(chosen)) \(what)"])
  }

  private var fallback: EnvoyChoice {
    guard let chain = listener.defaultFilterChain else {
      return EnvoyChoice(destination: .closed, reasons: reasons + ["no filter chain is left"])
    }
    return EnvoyChoice(
      destination: chain.destination, reasons: reasons + ["the default filter chain takes what is left"])
  }

  private func words(_ chain: Int) -> String {
    "filter chain \(chain + 1)" + (listener.filterChains[chain].name.map { " (\($0))" } ?? "")
  }
}
