import Intercept
import TestSupport
import Testing

@testable import RuleCommands
@testable import istio_iptables_swift

/// Facts read from the host, and the configuration made of them.
struct LookUpTests {
  private let host = FakeHost(
    users: ["istio-proxy": 1337, "app": 1000, "envoy": 42], groups: ["app": 2000, "envoy": 43],
    servers: [.ipv4(IPv4Address(10, 96, 0, 10))], hasIPv6: true)

  @Test(arguments: [
    ("", [1337], [1337]),
    ("ENVOY_USER=envoy", [42], [42]),
    ("ENVOY_USER=nobody-here", [1337], [1337]),
    ("-u app", [1000], [2000]),
    ("-u 5,app", [5, 1000], [5, 2000]),
    ("-u app -g 7", [1000], [7]),
    ("-u ''", [1337], [1337]),
    ("-u 7 -g ''", [7], [7]),
    ("PROXY_UID=7 PROXY_GID=8,envoy", [7], [8, 43]),
  ])
  func proxyOwners(_ line: String, _ users: [UInt32], _ groups: [UInt32]) throws {
    let configuration = try TypedCommand(line: line).settings(host).configuration
    #expect(configuration.proxyUsers.map(\.rawValue) == users)
    #expect(configuration.proxyGroups.map(\.rawValue) == groups)
  }

  @Test func aUserThatIsNoGroupNeedsOne() {
    let error = #expect(throws: InvalidOptions.self) {
      try TypedCommand(line: "-u istio-proxy").settings(host)
    }
    #expect(
      error?.description == """
        -u: 'istio-proxy' is not a group, and no --proxy-gid is given; \
        give numbers 0-4294967294, or names this system knows
        """)
  }

  @Test(arguments: [
    ("", DNSCapture.none), ("--redirect-dns", .servers([.ipv4(IPv4Address(10, 96, 0, 10))])),
    ("--redirect-dns --dns-servers ''", .servers([])), ("--redirect-dns --capture-all-dns", .all),
    ("--redirect-dns --dns-servers 8.8.8.8", .servers([.ipv4(IPv4Address(8, 8, 8, 8))])),
    ("--redirect-dns=false --capture-all-dns", .none),
  ])
  func dnsServers(_ line: String, _ expected: DNSCapture) throws {
    #expect(try TypedCommand(line: line).settings(host).configuration.dns == expected)
  }

  @Test(arguments: [
    ("", true), ("--ip-family auto", true), ("--ip-family ipv4", false), ("--ip-family dual", true),
  ])
  func families(_ line: String, _ includesIPv6: Bool) throws {
    #expect(try TypedCommand(line: line).settings(host).configuration.includesIPv6 == includesIPv6)
  }

  /// A look-up that fails is no mistake of the user's: the status is 1 and not 64.
  @Test func aNamespaceThatIsNoneIsAFailure() throws {
    for words in [["print"], [], ["clean"]] {
      let run = try Tool.run(words + ["--network-namespace", "/etc/hostname"])
      #expect(run.status == 1)
      #expect(run.output.isEmpty)
      #expect(run.errors.hasPrefix("error: \"/etc/hostname\" is not a namespace"))
    }
  }
}
