import RuleModel

extension Rule {
  /// Whether the kernel turns connection tracking on for the rule. Of what is not modelled, nobody knows; most of
  /// it stands beside rules that need it.
  var needsConnections: Bool { target.needsConnections || matches.contains(where: \.needsConnections) }
}

extension Match {
  fileprivate var needsConnections: Bool {
    switch self {
    case .connmark, .conntrack, .state, .opaque: true
    case .source, .destination, .inInterface, .outInterface, .proto, .tcp, .udp, .multiport, .owner, .mark,
      .addressType, .comment:
      false
    }
  }
}

extension Target {
  fileprivate var needsConnections: Bool {
    switch self {
    case .redirect, .connmark, .ct, .opaque: true
    case .accept, .drop, .return, .jump, .goto, .none, .mark, .tproxy: false
    }
  }
}
