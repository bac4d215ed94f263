import Intercept
import Testing

/// Users, groups and services as the C library finds them in its files.
struct NameFileTests {
  private let users = AccountFile(
    """
    root:x:0:0:root:/root:/bin/bash
    istio-proxy:x:1337:1337::/home/istio-proxy:/bin/false
    istio-proxy:x:4:4::/:/bin/false
    broken:x:many:0::/:
    short:x
    +nis
    last::4294967295
    """)

  @Test func theFirstAccountOfANameCounts() {
    #expect(users.number(of: "root") == 0)
    #expect(users.number(of: "istio-proxy") == 1337)
    #expect(users.number(of: "last") == UInt32.max)
  }

  @Test(arguments: ["", "istio", "istio-proxy:x", "broken", "short", "nis", "+nis", "Root"])
  func otherNamesHaveNoNumber(_ name: String) { #expect(users.number(of: name) == nil) }

  @Test func servicesHaveAliasesAndComments() {
    let services = ServicesFile("# http 1/tcp\nhttp\t\t80/tcp\twww # web\ndomain 53/udp\nbig 99999/tcp\n")
    #expect(services.port(of: "www") == Port(rawValue: 80))
    #expect(services.port(of: "http") == Port(rawValue: 80))
    #expect(services.port(of: "domain") == Port(rawValue: 53))
    #expect(services.port(of: "web") == nil)
    #expect(services.port(of: "big") == nil)
  }
}
