import Intercept
import Netfilter
import TestSupport

extension StartState {
  /// States in which there are tables of the native form.
  static let native: [StartState] = [
    native("native", Configurations.sidecar),
    native("native TPROXY", Configurations.tproxy),
    native("native DNS", Configurations.dns),
    native("native everything 1.16", Configurations.everything(IstioRelease(minor: 16) ?? .newest)),
    StartState("Istio's own native") { try NFT.load(istioNative) },
    spoiled("a rule missing", "flush chain inet istio-proxy-nat istio-redirect"),
    spoiled("a rule too many", "insert rule inet istio-proxy-nat output tcp dport 80 counter return"),
    spoiled("a chain too many", "add chain inet istio-proxy-nat mine"),
    spoiled("a set of its own", "add set inet istio-proxy-nat mine { type ipv4_addr; }"),
    spoiled("a counter of its own", "add counter inet istio-proxy-nat mine"),
    spoiled("dormant", "add table inet istio-proxy-nat { flags dormant; }"),
    spoiled("a table too many", "add table inet istio-proxy-mine"),
    spoiled("a map", "add map inet istio-proxy-nat mine { type mark : verdict; elements = { 1 : drop }; }"),
    StartState("native and iptables") {
      try NFT.load(NativeRuleset(lowering: RulesetBuilder.build(Configurations.sidecar)).nftText)
      try Iptables.restore(RulesetBuilder.build(Configurations.tproxy))
    },
  ]

  private static func native(_ name: String, _ configuration: Configuration) -> StartState {
    StartState(name) { try NFT.load(NativeRuleset(lowering: RulesetBuilder.build(configuration)).nftText) }
  }

  /// The sidecar's rules, and then something done to them.
  private static func spoiled(_ name: String, _ command: String) -> StartState {
    StartState("native, \(name)") {
      try NFT.load(NativeRuleset(lowering: RulesetBuilder.build(Configurations.sidecar)).nftText)
      try NFT.load(command)
    }
  }

  /// As Istio's program writes them, with TPROXY.
  private static let istioNative = """
    table inet istio-proxy-nat {
      chain prerouting {
        type nat hook prerouting priority -100;
        iifname not-istio-nic counter return
      }
      chain output {
        type nat hook output priority -100;
        oifname not-istio-nic counter return
        counter jump istio-output
      }
      chain istio-redirect { meta l4proto tcp counter redirect to :15001; }
      chain istio-in-redirect { meta l4proto tcp counter redirect to :15006; }
      chain istio-output {
        oifname lo ip saddr 127.0.0.6/32 counter return
        oifname lo meta l4proto tcp ip daddr != 127.0.0.1/32 tcp dport != { 53, 15008 } skuid 1337 \\
          counter jump istio-in-redirect
        oifname lo meta l4proto tcp tcp dport != 53 skuid != 1337 counter return
        skuid 1337 counter return
        ip daddr 9.9.0.0/16 counter jump istio-redirect
      }
    }
    table inet istio-proxy-mangle {
      chain prerouting {
        type filter hook prerouting priority -150;
        meta l4proto tcp counter jump istio-inbound
        meta l4proto tcp mark 1337 counter ct mark set mark
      }
      chain output {
        type route hook output priority -150;
        meta l4proto tcp ct mark 1337 counter meta mark set ct mark
      }
      chain istio-divert {
        counter meta mark set 1337
        counter accept
      }
      chain istio-tproxy {
        meta l4proto tcp ip daddr != 127.0.0.1/32 tproxy ip to :15006 meta mark set 1337 counter accept
        meta l4proto tcp ip6 daddr != ::1/128 tproxy ip6 to :15006 meta mark set 1337 counter accept
      }
      chain istio-inbound {
        meta l4proto tcp ct state related,established counter jump istio-divert
        meta l4proto tcp counter jump istio-tproxy
      }
    }
    table inet istio-proxy-raw {
      chain output {
        type filter hook output priority -300;
        udp dport 53 meta skuid 1337 counter ct zone set 1
        udp sport 15053 meta skgid 1337 counter ct zone set 2
      }
    }

    """
}
