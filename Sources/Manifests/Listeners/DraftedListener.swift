import Intercept

/// One listener while it is made, and the hosts that it is made of.
struct DraftedListener {
  let name: String
  let ends: [Endpoint]
  private(set) var chains: [EnvoyFilterChain] = []
  private var makers: [ObjectName] = []
  /// What the chains ask for: no two may ask for the same.
  private var demands: Set<EnvoyFilterChainMatch> = []
  /// Whether there is a chain for requests: one is all that there can be.
  var hasHTTP = false

  init(name: String, ends: [Endpoint]) {
    self.name = name
    self.ends = ends
  }

  mutating func add(_ chain: EnvoyFilterChain, of maker: ObjectName) {
    guard demands.insert(chain.match).inserted else { return }
    chains.append(chain)
    if makers.last != maker { makers.append(maker) }
  }

  /// The listener as the proxy gets it.
  ///
  /// - Parameter through: the chain for what no other matches.
  func listener(_ through: EnvoyFilterChain) -> EnvoyListener {
    let open = chains.first { $0.match == EnvoyFilterChainMatch() }
    let matching = chains.filter { $0.match != EnvoyFilterChainMatch() }
    return EnvoyListener(
      name: name, ends: ends, direction: .outbound, bindsToPort: false,
      filterChains: matching.isEmpty ? [open].compactMap(\.self) : matching,
      defaultFilterChain: matching.isEmpty ? nil : open ?? through,
      origin: makers.map(\.description).sentence)
  }
}
