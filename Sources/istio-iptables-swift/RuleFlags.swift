import ArgumentParser
import Intercept

/// The flags that say which rules to build: Istio's own, with its names and meanings, and ours.
///
/// They are declared here for the help and so that each subcommand refuses what it does not know; their texts are
/// in `GoArguments`, and what those mean is read in one place for flags, environment and profiles alike.
struct RuleFlags: ParsableArguments {
  @Option(
    name: [.customShort("p"), .long], parsing: .unconditional,
    help: "The proxy's outbound listener. (default: 15001)")
  var envoyPort: String?

  @Option(
    name: [.customShort("z"), .long], parsing: .unconditional,
    help: "The proxy's inbound listener. (default: 15006)")
  var inboundCapturePort: String?

  @Option(
    name: [.customShort("e"), .long], parsing: .unconditional,
    help: "The tunnel port, never captured. (default: 15008)")
  var inboundTunnelPort: String?

  @Option(
    name: [.customShort("u"), .customLong("proxy-uid")], parsing: .unconditional,
    help: "Users whose traffic is left alone: the proxy's. (default: the uid of $ENVOY_USER, else 1337)")
  var proxyUID: String?

  @Option(
    name: [.customShort("g"), .customLong("proxy-gid")], parsing: .unconditional,
    help: "Groups whose traffic is left alone. (default: as --proxy-uid)")
  var proxyGID: String?

  @Option(
    name: [.customShort("m"), .customLong("istio-inbound-interception-mode")], parsing: .unconditional,
    help: "How inbound connections are captured, REDIRECT or TPROXY. (default: REDIRECT)")
  var interceptionMode: String?

  @Option(
    name: [.customShort("b"), .customLong("istio-inbound-ports")], parsing: .unconditional,
    help: "Inbound ports to capture: 80,8000:8100, or * for all. (default: none)")
  var inboundPorts: String?

  @Option(
    name: [.customShort("d"), .customLong("istio-local-exclude-ports")], parsing: .unconditional,
    help: "Inbound ports to leave alone where all are captured.")
  var excludedInboundPorts: String?

  @Option(
    name: [.customShort("c"), .customLong("istio-exclude-interfaces")], parsing: .unconditional,
    help: "Interfaces of which neither direction is captured.")
  var excludedInterfaces: String?

  @Option(
    name: [.customShort("i"), .customLong("istio-service-cidr")], parsing: .unconditional,
    help: "Destinations to capture: 10.0.0.0/8,2001:db8::/32, or * for all. (default: none)")
  var outboundCIDRs: String?

  @Option(
    name: [.customShort("x"), .customLong("istio-service-exclude-cidr")], parsing: .unconditional,
    help: "Destinations to leave alone.")
  var excludedOutboundCIDRs: String?

  @Option(
    name: [.customShort("q"), .customLong("istio-outbound-ports")], parsing: .unconditional,
    help: "Outbound ports to capture whatever the destination.")
  var outboundPorts: String?

  @Option(
    name: [.customShort("o"), .customLong("istio-local-outbound-ports-exclude")], parsing: .unconditional,
    help: "Outbound ports to leave alone.")
  var excludedOutboundPorts: String?

  @Option(
    name: [.customShort("k"), .customLong("kube-virt-interfaces")], parsing: .unconditional,
    help: "Interfaces of virtual machines, whose inbound traffic is treated as outbound.")
  var virtualInterfaces: String?

  @Option(
    name: [.customShort("t"), .customLong("istio-inbound-tproxy-mark")], parsing: .unconditional,
    help: "TPROXY: the mark of packets for the proxy. (default: 1337)")
  var tproxyMark: String?

  @Option(
    name: [.customShort("r"), .customLong("istio-inbound-tproxy-route-table")], parsing: .unconditional,
    help: "TPROXY: the routing table that leads them there. (default: 133)")
  var tproxyRouteTable: String?

  @Option(
    name: .customLong("redirect-dns"),
    help: .toggle("Capture DNS to the namespace's servers, by the proxy's resolver on 15053."))
  var redirectDNS: String?

  @Option(
    name: .customLong("capture-all-dns"), help: .toggle("Capture DNS to any server; needs --redirect-dns."))
  var captureAllDNS: String?

  @Option(
    name: .customLong("dns-servers"), parsing: .unconditional,
    help: "The namespace's DNS servers, instead of /etc/resolv.conf; an empty value means none.")
  var dnsServers: String?

  @Option(help: .toggle("Drop packets that belong to no connection."))
  var dropInvalid: String?

  @Option(help: .toggle("Look for IPv6 past the namespace's first address."))
  var dualStack: String?

  @Option(
    name: .customLong("ip-family"), parsing: .unconditional,
    help: "auto (by the namespace's addresses), ipv4 or dual. (default: auto)")
  var ipFamily: String?

  @Option(
    parsing: .unconditional, help: "Whose rules to build, 1.14 to 1.30. (default: \(IstioRelease.newest))")
  var istioRelease: String?

  @Option(
    parsing: .unconditional, help: "Start from a set of options: sidecar is what Istio's injector passes.")
  var profile: String?
}

extension ArgumentHelp {
  /// The help of an option that may be given without a value, or as `--name=false`.
  static func toggle(_ text: String) -> ArgumentHelp { ArgumentHelp("\(text)", valueName: "true|false") }
}
