import MeshRules
import NetworkValues
import RuleModel

/// DNS capture in built-in chains: nat and raw OUTPUT up to 1.22, raw PREROUTING up to 1.24.
enum KnownDNSRules {
  /// Where the agent's DNS server listens; Istio has no option for it.
  static let listener: Port = 15053

  static func include(_ meaning: NormalizedRule, at position: Position) -> Bool {
    guard meaning.conditions.contains(.proto(.is(.udp))) else { return false }
    return switch (position.table, position.hook) {
    case (.nat, .output): spares(meaning) || redirects(meaning)
    case (.raw, .output): setsZoneOfOwner(meaning) || setsZoneOfQuestion(meaning)
    case (.raw, .prerouting): setsZoneOfAnswer(meaning)
    case (.nat, .prerouting), (.nat, .input), (.nat, .forward), (.nat, .postrouting),
      (.raw, .input), (.raw, .forward), (.raw, .postrouting),
      (.mangle, _), (.filter, _), (.security, _):
      false
    }
  }

  /// `-p udp --dport 53 -m owner --uid-owner 1337 -j RETURN`, and owner groups.
  private static func spares(_ meaning: NormalizedRule) -> Bool {
    meaning.target == .return && meaning.asks(port: 53) && meaning.isAboutOwner
  }

  /// `[-d SERVER] -p udp --dport 53 -j REDIRECT --to-ports 15053`.
  private static func redirects(_ meaning: NormalizedRule) -> Bool {
    meaning.target == .redirect(RedirectTarget(to: listener)) && meaning.asks(port: 53)
      && meaning.fields.isSubset(of: [.proto, .destinationPort, .destination])
  }

  /// `--dport 53 -m owner … -j CT --zone 1`, `--sport 15053 -m owner … -j CT --zone 2`.
  private static func setsZoneOfOwner(_ meaning: NormalizedRule) -> Bool {
    meaning.isAboutOwner
      && (meaning.sets(.upstreamDNS) && meaning.asks(port: 53)
        || meaning.sets(.applicationDNS) && meaning.answers(port: listener))
  }

  /// `[-d SERVER] -p udp --dport 53 -j CT --zone 2`.
  private static func setsZoneOfQuestion(_ meaning: NormalizedRule) -> Bool {
    meaning.sets(.applicationDNS) && meaning.asks(port: 53)
      && meaning.fields.isSubset(of: [.proto, .destinationPort, .destination])
  }

  /// `[-s SERVER] -p udp --sport 53 -j CT --zone 1`; by destination up to 1.19.
  private static func setsZoneOfAnswer(_ meaning: NormalizedRule) -> Bool {
    meaning.sets(.upstreamDNS) && meaning.answers(port: 53)
      && meaning.fields.isSubset(of: [.proto, .sourcePort, .source, .destination])
  }
}

extension NormalizedRule {
  fileprivate func asks(port: Port) -> Bool {
    conditions.contains(.destinationPort(.is(RangeSet(ports: PortRange(port)))))
  }

  fileprivate func answers(port: Port) -> Bool {
    conditions.contains(.sourcePort(.is(RangeSet(ports: PortRange(port)))))
  }

  /// Whether beside protocol and port there are socket owners and nothing else.
  fileprivate var isAboutOwner: Bool {
    let others = fields.subtracting([.proto, .destinationPort, .sourcePort])
    return !others.isEmpty && others.isSubset(of: [.user, .group])
  }

  fileprivate func sets(_ zone: ConntrackZone) -> Bool { target == .ct(CTTarget(zone: zone)) }
}
