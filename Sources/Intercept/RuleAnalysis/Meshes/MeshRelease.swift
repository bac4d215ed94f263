import NetworkValues
import RuleModel

/// The release of a mesh other than Istio, as far as its rules show it.
enum MeshRelease {
  /// The release by name, such as `v2.4 or newer`; nil if the rules of all releases are alike.
  static func text(of mesh: RuleProgram, in families: [Ruleset]) -> String? {
    switch mesh {
    case .linkerd: linkerd(families)
    case .kuma: KumaReleases(families).text
    case .istio, .consul, .openServiceMesh, .appMesh, .serviceConnect, .cilium, .calico, .kubeProxy, .kubelet,
      .docker, .firewalld, .cniPortmap, .flannel, .weave, .antrea, .netavark, .libvirt, .ufw, .tailscale,
      .fail2ban:
      nil
    }
  }

  /// The comments end in the time of the run up to v2.3.
  private static func linkerd(_ families: [Ruleset]) -> String? {
    let comments = families.flatMap(\.comments).filter { $0.hasPrefix("proxy-init/") }
    guard !comments.isEmpty else { return nil }
    let isTimed = comments.contains { $0.split(separator: "/").last?.allSatisfy(\.isNumber) == true }
    return isTimed ? "up to v2.3" : "v2.4 or newer"
  }
}

/// The releases of Kuma, by traits of the rules.
///
/// Rules have comments from 2.9 on, but not where the module is missing, and `nft` does not print them.
private struct KumaReleases {
  /// The oldest and the newest minor version of release 2 with every trait; nil without a bound.
  private var oldest: Int?
  private var newest: Int?

  init(_ families: [Ruleset]) {
    if families.flatMap(\.comments).contains(where: { $0.hasPrefix("kuma/") }) { oldest = 9 }
    for rules in families {
      readZones(rules)
      readQueries(rules)
    }
  }

  /// Replies of DNS servers are matched by destination up to 2.8, by source from 2.9 on.
  private mutating func readZones(_ rules: Ruleset) {
    for rule in rules.normalizedRules(.raw, .prerouting) {
      for condition in rule.conditions {
        if case .source = condition { raise(to: 9) }
        if case .destination = condition { lower(to: 8) }
      }
    }
  }

  /// TCP queries of the app are redirected up to 2.10 and returned from 2.12 on; port 53 is left out of the rules for
  /// the loopback interface up to 2.13.
  private mutating func readQueries(_ rules: Ruleset) {
    let output = rules.normalizedRules(.nat, .output)
    guard let chain = ChainName("KUMA_MESH_OUTBOUND") else { return }
    let own = rules.normalizedRules(.nat, chain)
    if own.contains(where: { $0.target.isRedirect && $0.isQuery(.tcp) }) { lower(to: 11) }
    guard output.contains(where: { $0.target == .return && $0.isQuery(.tcp) }) else { return }
    raise(to: 11)
    let loopback = own.filter { rule in rule.conditions.contains { $0.field == .user && $0.isNegated } }
    if loopback.contains(where: { $0.conditions.contains { $0.field == .destinationPort } }) {
      lower(to: 13)
    } else if !loopback.isEmpty {
      raise(to: 14)
    }
  }

  private mutating func raise(to minor: Int) { oldest = max(oldest ?? minor, minor) }

  private mutating func lower(to minor: Int) { newest = min(newest ?? minor, minor) }

  var text: String? {
    switch (oldest, newest) {
    case (nil, nil): nil
    case (let oldest?, nil): "2.\(oldest) or newer"
    case (nil, let newest?): "up to 2.\(newest)"
    case (let oldest?, let newest?): oldest <= newest ? "2.\(oldest)-2.\(newest)" : nil
    }
  }
}

extension NormalizedRule {
  /// True for a rule about queries to port 53 of a protocol.
  fileprivate func isQuery(_ proto: IPProtocol) -> Bool {
    conditions.contains(.proto(.is(proto))) && conditions.contains(.destinationPort(.is(RangeSet(53))))
  }
}

extension Target {
  fileprivate var isRedirect: Bool { if case .redirect = self { true } else { false } }
}

extension Ruleset {
  /// The comments of all rules.
  fileprivate var comments: [String] {
    tables.flatMap(\.chains).flatMap(\.rules).flatMap(\.matches).compactMap {
      if case .comment(let comment) = $0 { comment.text } else { nil }
    }
  }
}
