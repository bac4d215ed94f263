import Intercept
import Testing

@testable import RuleCommands
@testable import istio_iptables_swift

/// Warnings about mesh-wide settings that a pod has no use for: valid, and probably not intended.
struct AdviceTests {
  @Test(arguments: [
    ("--profile sidecar --ip-family ipv4", []),
    (
      "-i 10.0.0.0/8,2001:db8::/32 --ip-family ipv4",
      ["-i: 2001:db8::/32 is left out: IPv6 is off here (--ip-family dual turns it on)"]
    ),
    ("-i 10.0.0.0/8,2001:db8::/32 --ip-family dual", []),
    ("-b 80 -d 15090", ["-d: no effect: exclusions count only where --istio-inbound-ports is *"]),
    ("-b '*' -d 15090", []),
    (
      "-i 10.0.0.0/8 -x 192.168.0.0/16",
      ["-x: 192.168.0.0/16 has no effect: no --istio-service-cidr covers it"]
    ),
    ("-i 10.0.0.0/8 -x 10.1.0.0/16", []),
    ("-o 22", ["-o: no effect: nothing outbound is captured"]),
    ("-b 80,15006", ["-b: names 15006, one of the proxy's own ports; connections to the proxy would loop"]),
    (
      "-q 15000:15003",
      [
        "-q: names 15000, one of the proxy's own ports; connections to the proxy would loop",
        "-q: names 15001, one of the proxy's own ports; connections to the proxy would loop",
      ]
    ),
    ("--capture-all-dns", ["--capture-all-dns: no effect without --redirect-dns"]),
    (
      "--redirect-dns --dns-servers ''",
      ["--redirect-dns: no DNS server is known and --capture-all-dns is off: DNS is not captured"]
    ),
    (
      "REDIRECT_DNS=true --dns-servers '' --istio-release 1.24",
      [
        "REDIRECT_DNS: no DNS server is known and --capture-all-dns is off: Istio 1.24 installs its rules for the "
          + "proxy's own queries, and captures none"
      ]
    ),
    (
      "ISTIO_OUTBOUND_OWNER_GROUPS='' -i '*'",
      ["ISTIO_OUTBOUND_OWNER_GROUPS: names no group: no outbound connection is captured"]
    ),
    (
      "ISTIO_OUTBOUND_OWNER_GROUPS=1 ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE=2",
      [
        "ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE: no effect: exclusions count only where ISTIO_OUTBOUND_OWNER_GROUPS is *"
      ]
    ),
    (
      "ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR=127.0.0.1/8 --istio-release 1.20",
      ["ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR: no effect: Istio 1.20 does not read it"]
    ),
    ("-b '' -z 15006", []),
    ("-b ,", ["-b: names no port: no inbound connection is captured"]),
    (
      "--output-paths=/tmp/rules --host-nsenter-exec --iptables-version '1.8.7 (nf_tables)'",
      ["--output-paths: no effect: no file is written; print gives the rules"]
    ),
    (
      "--iptables-version=1.8.9(legacy)",
      [
        "--iptables-version: no effect: for the tables of iptables-legacy, give --force-iptables-binary legacy"
      ]
    ),
    ("-z 15001", ["-z: 15001 is the outbound listener's port as well"]),
    (
      "--log_target=/var/log/istio.log", ["--log_target: no effect: messages go to the standard error stream"]
    ),
    ("--log_target=stdout --log_rotate=''", []),
  ])
  func warnings(_ line: String, _ expected: [String]) throws {
    #expect(try TypedCommand(line: line).settings().warnings == expected)
  }
}
