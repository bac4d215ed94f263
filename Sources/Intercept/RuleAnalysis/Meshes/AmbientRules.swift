import NetworkValues
import RuleModel

/// Rules of Istio's ambient mode, in a pod or on a node, and the releases whose agent installs them.
struct AmbientRules: Hashable {
  enum Side: String, Hashable {
    case pod, node
  }

  let side: Side
  /// Minor versions: 23 is Istio 1.23.
  let releases: ClosedRange<Int>

  /// The newest minor version whose rules are known.
  static let newest = 31

  /// Nil if the rule sets have no rules of ambient mode.
  init?(_ families: [Ruleset]) {
    if families.contains(where: \.hasNodeProxyChains) {
      (side, releases) = (.node, 18...20)
    } else if families.contains(where: { $0[.nat, .istioPostrouting] != nil }) {
      (side, releases) = (.node, Self.nodeReleases(families))
    } else if families.contains(where: \.hasAmbientChains) {
      (side, releases) = (.pod, Self.podReleases(families))
    } else {
      return nil
    }
  }

  /// Rules in tables of nf_tables' own, which agents install from 1.28 on.
  ///
  /// - Parameter nftables: the names of tables and of their chains.
  init?(nftables: [String: [String]]) {
    guard let chains = nftables["istio-ambient-nat"] else { return nil }
    (side, releases) = (chains.contains("postrouting") ? .node : .pod, 28...Self.newest)
  }

  /// Up to 1.22 one set serves, `istio-inpod-probes`; from 1.23 each family has its own.
  private static func nodeReleases(_ families: [Ruleset]) -> ClosedRange<Int> {
    let rules = families.flatMap { $0[.nat, .istioPostrouting]?.rules ?? [] }
    let sets = rules.flatMap(\.conditions).compactMap { if case .opaque(let text) = $0 { text } else { nil } }
    // nft does not print the names of sets of iptables.
    guard sets.contains(where: { $0.contains("istio-inpod-probes") }) else { return 21...newest }
    return sets.contains { $0.contains("istio-inpod-probes-v") } ? 23...newest : 21...22
  }

  /// The oldest release with every trait of the rules, and the newest.
  private static func podReleases(_ families: [Ruleset]) -> ClosedRange<Int> {
    let traits = PodTraits(families)
    var (oldest, latest) = (21, newest)
    if families.contains(where: { $0.family == .ipv6 }) { oldest = max(oldest, 23) }
    if traits.usesTProxy { latest = min(latest, 24) } else { oldest = max(oldest, 23) }
    if traits.capturesDNS {
      if traits.sparesProxyDNS { oldest = max(oldest, 24) } else { latest = min(latest, 23) }
    }
    if traits.hasVirtualInterfaces { oldest = max(oldest, 25) }
    if traits.isIngress, !traits.usesTProxy {
      if traits.remembersProxy {
        oldest = max(oldest, 29)
      } else {
        (oldest, latest) = (max(oldest, 24), min(latest, 28))
      }
    }
    return oldest <= latest ? oldest...latest : 21...newest
  }
}

/// Traits of ambient rules in a pod that differ between releases.
private struct PodTraits {
  let usesTProxy: Bool
  let capturesDNS: Bool
  /// True if queries of the node proxy itself are not captured.
  let sparesProxyDNS: Bool
  let hasVirtualInterfaces: Bool
  /// True if inbound connections are not captured.
  let isIngress: Bool
  /// True if connections that the proxy makes to the app are marked.
  let remembersProxy: Bool

  init(_ families: [Ruleset]) {
    let paths = families.flatMap(InterceptionPath.all)
    let captures = paths.filter { $0.capturePort != nil }
    let queries = captures.filter { $0.hook == .output && $0.isDNS }
    let inbound = captures.filter { $0.hook == .prerouting }
    let marking = families.flatMap { $0[.mangle, .istioPrerouting]?.rules ?? [] }
    usesTProxy = marking.contains(where: \.isTProxy)
    capturesDNS = !queries.isEmpty
    sparesProxyDNS = queries.contains { $0.fields.contains(.mark) }
    hasVirtualInterfaces = inbound.contains { $0.fields.contains(.inInterface) }
    isIngress = !inbound.contains { !$0.fields.contains(.inInterface) }
    remembersProxy = !marking.isEmpty
  }
}

extension Rule {
  /// True for TPROXY; nft prints its name alone.
  fileprivate var isTProxy: Bool {
    switch target {
    case .tproxy: true
    case .opaque(let target): target.text.hasPrefix("TPROXY")
    case .accept, .drop, .return, .jump, .goto, .none, .redirect, .mark, .connmark, .ct: false
    }
  }
}

extension Ruleset {
  /// True if the rules have a chain of the pod side.
  fileprivate var hasAmbientChains: Bool {
    tables.contains { $0[.istioPrerouting] != nil } || marksAmbientProxy
  }

  /// True if the rules spare packets by the mark of the node proxy's sockets.
  private var marksAmbientProxy: Bool {
    self[.nat, .istioOutput]?.rules.contains {
      $0.conditions.contains(.mark(.not(MaskedMark(0x539, mask: 0xfff))))
    } == true
  }

  /// True if the rules have chains of the node's proxy as Istio 1.18 to 1.20 has them.
  fileprivate var hasNodeProxyChains: Bool {
    tables.contains { $0.chains.contains { $0.name.text.hasPrefix("ztunnel-") } }
  }
}
