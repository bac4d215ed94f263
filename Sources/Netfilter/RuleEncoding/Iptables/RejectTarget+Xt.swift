import CNetfilter
import Intercept
import NFTables
import Netlink

extension OpaqueTarget {
  /// Decodes REJECT, in the syntax of iptables; nil for other targets, and for an answer that is not known.
  ///
  /// The structs are `ipt_reject_info` and `ip6t_reject_info`.
  init?(rejection xt: XtExtension, _ family: IPFamily) {
    guard xt.name == "REJECT", let number = xt.info.prefix(4).exactly(UInt32.self),
      let answer = Self.answers(family)[number]
    else { return nil }
    self.init("REJECT --reject-with \(answer)")
  }

  /// The names of `enum ipt_reject_with` and `enum ip6t_reject_with`.
  private static func answers(_ family: IPFamily) -> [UInt32: String] {
    switch family {
    case .ipv4:
      [
        0: "icmp-net-unreachable", 1: "icmp-host-unreachable", 2: "icmp-proto-unreachable",
        3: "icmp-port-unreachable", 5: "icmp-net-prohibited", 6: "icmp-host-prohibited", 7: "tcp-reset",
        8: "icmp-admin-prohibited",
      ]
    case .ipv6:
      [
        0: "icmp6-no-route", 1: "icmp6-adm-prohibited", 3: "icmp6-addr-unreachable",
        4: "icmp6-port-unreachable", 6: "tcp-reset", 7: "icmp6-policy-fail", 8: "icmp6-reject-route",
      ]
    }
  }
}
