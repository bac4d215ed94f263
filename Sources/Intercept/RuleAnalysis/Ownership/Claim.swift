/// Why a rule is held to be Istio's or this program's.
public enum Claim: String, Hashable, Sendable, CaseIterable {
  /// It stands in a chain whose name begins with `ISTIO_`.
  case inIstioChain
  /// It jumps or goes to such a chain, wherever it stands.
  case leadsToIstioChain
  /// The configuration at hand puts a rule of the same meaning into this chain.
  case wanted
  /// `-i IF -j RETURN`, `-o IF -j RETURN`: an interface left alone, or one of KubeVirt's.
  case interface
  /// TPROXY's rules in mangle PREROUTING and OUTPUT, which carry the mark along.
  case tproxy
  /// `-m conntrack --ctstate INVALID -j DROP` in mangle PREROUTING, as up to 1.23.
  case dropInvalid
  /// DNS capture in the built-in chains of nat and raw, as up to 1.24.
  case dns
  /// One of the six rules with which Istio shuts a namespace while it changes the others.
  case guardRail
}
