import Inspection
import Intercept
import Testing

/// Capture commands.
struct PacketCaptureTests {
  private static func site(_ addresses: [String] = ["10.244.1.7"], _ ports: [Port] = [8080]) -> CaptureSite {
    CaptureSite(.eth0, addresses.compactMap { IPAddress($0) }, appPorts: ports)
  }

  private static func filters(
    _ configuration: Configuration = Configuration(), at site: CaptureSite = site()
  ) -> [PacketCapture.Part: String] {
    let captures = PacketCapture.all(configuration, at: site)
    return Dictionary(uniqueKeysWithValues: captures.map { ($0.part, $0.filter.description) })
  }

  @Test func theCommandsAreThoseOfTheDocuments() {
    #expect(
      PacketCapture.all(Configuration(), at: Self.site()).map(\.command) == [
        [
          "tcpdump", "-i", "eth0", "-n", "-vvvv",
          "((dst port 8080 and dst 10.244.1.7) or (src port 8080 and src 10.244.1.7))",
        ],
        [
          "tcpdump", "-i", "lo", "-n", "-vvvv", "-A",
          "((dst port 8080 and dst 10.244.1.7) or (src port 8080 and src 10.244.1.7))",
        ],
        [
          "tcpdump", "-i", "lo", "-n", "-vvvv", "-A",
          "((dst port 15001 and dst 127.0.0.1) or (dst portrange 32768-60999 and dst 10.244.1.7))",
        ],
        [
          "tcpdump", "-i", "eth0", "-n", "-vvvv", "-A",
          "((dst portrange 32768-60999 and dst 10.244.1.7) or (src portrange 32768-60999 and src 10.244.1.7))",
        ],
      ])
  }

  @Test func portsComeFromFlagsAndPlace() {
    var configuration = Configuration()
    configuration.proxyPort = 16001
    var site = Self.site(["10.244.1.7", "10.244.1.8"], [80, 443])
    site.clientPorts = 20000...65535
    let filters = Self.filters(configuration, at: site)
    #expect(filters[.outboundPlain]?.contains("(dst port 16001 and dst 127.0.0.1)") == true)
    #expect(
      filters[.inboundEncrypted] == """
        (((dst port 80 or dst port 443) and (dst 10.244.1.7 or dst 10.244.1.8)) or \
        ((src port 80 or src port 443) and (src 10.244.1.7 or src 10.244.1.8)))
        """)
    #expect(filters[.outboundEncrypted]?.contains("dst portrange 20000-65535 and") == true)
  }

  @Test func familiesWithoutRulesAreLeftOut() {
    var configuration = Configuration()
    let both = Self.site(["10.244.1.7", "fd00::7"])
    #expect(Self.filters(configuration, at: both) == Self.filters(configuration, at: Self.site()))
    #expect(Self.filters(configuration, at: Self.site(["fd00::7"])) == [:])
    configuration.includesIPv6 = true
    #expect(
      Self.filters(configuration, at: both)[.outboundPlain] == """
        ((dst port 15001 and (dst 127.0.0.1 or dst ::1)) or \
        (dst portrange 32768-60999 and (dst 10.244.1.7 or dst fd00::7)))
        """)
    #expect(
      Self.filters(configuration, at: Self.site(["fd00::7"]))[.outboundPlain]?.contains("127.0.0.1") == false)
  }

  @Test func dnsIsShownWhereItIsCaptured() {
    var configuration = Configuration()
    configuration.dns = .servers([])
    #expect(Self.filters(configuration)[.dns] == nil)
    configuration.dns = .all
    #expect(
      Self.filters(configuration)[.dns]
        == "((dst port 15053 and dst 127.0.0.1) or (src port 53 and dst 10.244.1.7))")
  }

  @Test func thePointOfCaptureNamesTheRewrittenAddress() {
    var configuration = Configuration()
    configuration.inboundCapturePort = 16006
    let texts = PacketCapture.all(configuration, at: Self.site()).map {
      $0.text(prefix: ["nsenter", "-t 1"])
    }
    #expect(
      texts[0] == """
        inbound, mTLS: between a client and the proxy
          On eth0, on the way in, tcpdump sees a packet before PREROUTING: as the client
          sent it, before the rules send it to port 16006. Answers are seen after
          POSTROUTING, when they have the app's port again.
            nsenter '-t 1' tcpdump -i eth0 -n -vvvv '((dst port 8080 and dst 10.244.1.7) or (src port 8080 and \
        src 10.244.1.7))'

        """)
    #expect(texts[2].contains("after OUTPUT") && texts[3].contains("after POSTROUTING"))
    #expect(texts[1].contains("after POSTROUTING and before PREROUTING"))
  }
}
