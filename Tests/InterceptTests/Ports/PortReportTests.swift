import Inspection
import Intercept
import TestSupport
import Testing

/// Reports on the listeners of Istio's ports.
struct PortReportTests {
  private static let proxy = UserID(rawValue: 1337)
  private static let app = UserID(rawValue: 1000)

  private static func socket(
    _ port: Port, _ address: String = "0.0.0.0", _ proto: IPProtocol = .tcp, of user: UserID? = proxy,
    isIPv6Only: Bool = true, isTransparent: Bool? = false
  ) throws -> ListeningSocket {
    ListeningSocket(
      proto, try #require(IPAddress(address)), port, of: user, isIPv6Only: isIPv6Only,
      isTransparent: isTransparent)
  }

  /// The listeners of a documented sidecar.
  private static func sidecar(without missing: Set<Port> = []) throws -> [ListeningSocket] {
    let sockets =
      try [15001, 15001, 15006, 15021, 15090].map { try socket($0) }
      + [15000, 15004].map { try socket($0, "127.0.0.1") } + [socket(15020, "::", isIPv6Only: false)]
    return sockets.filter { !missing.contains($0.port) }
  }

  /// Findings by port.
  private static func findings(
    _ listeners: [ListeningSocket], _ configuration: Configuration = Configuration()
  ) -> [Port: [PortFinding]] {
    var host = HostContext()
    host.ownAddresses = ["10.0.0.2", "10.0.0.3"].compactMap { IPAddress($0) }
    host.interfaceAddresses = [.eth0: host.ownAddresses]
    let entries = PortReport(configuration, probePort: 15002, listeners, in: host).entries
    return entries.reduce(into: [:]) { if !$1.findings.isEmpty { $0[$1.port.port] = $1.findings } }
  }

  @Test func aSidecarIsFine() throws {
    let report = PortReport(Configuration(), probePort: 15002, try Self.sidecar())
    #expect(report.isFine)
    #expect(report.others.isEmpty)
    let ports: [Port] = [
      15000, 15001, 15002, 15004, 15006, 15008, 15020, 15021, 15053, 15053, 15090,
    ]
    #expect(report.entries.map(\.port.port) == ports)
    #expect(report.entries[1].listeners.count == 1, "Envoy has a socket for each of its threads")
  }

  @Test(arguments: [15000, 15001, 15004, 15006, 15020, 15021, 15090] as [Port])
  func whoIsMissingIsMissed(_ port: Port) throws {
    #expect(try Self.findings(Self.sidecar(without: [port])) == [port: [.noListener]])
  }

  @Test(arguments: [15002, 15008, 15021, 15053] as [Port])
  func anAppOnAnyPortOfIstiosIsFound(_ port: Port) throws {
    let app = try Self.socket(port, of: Self.app)
    #expect(try Self.findings(Self.sidecar(without: [port]) + [app]) == [port: [.foreignProcess(app)]])
    let anonymous = try Self.socket(port, of: nil)
    #expect(try Self.findings(Self.sidecar() + [anonymous]) == [port: [.foreignProcess(anonymous)]])
  }

  @Test func nobodyMayHaveTheProbesPort() throws {
    let proxy = try Self.socket(15002)
    #expect(try Self.findings(Self.sidecar() + [proxy]) == [15002: [.foreignProcess(proxy)]])
  }

  @Test func theFlagsSayWhichPortsAndWho() throws {
    var configuration = Configuration()
    configuration.proxyPort = 16001
    configuration.proxyUsers = [Self.app].compactMap(\.self)
    let mine = try Self.sidecar(without: [15001]).map {
      ListeningSocket(
        $0.proto, $0.address, $0.port, of: Self.app, isIPv6Only: $0.isIPv6Only, isTransparent: false)
    }
    #expect(Self.findings(mine, configuration) == [16001: [.noListener]])
    #expect(try Self.findings(mine + [Self.socket(16001, of: Self.app)], configuration) == [:])
  }

  @Test func dnsIsNeededWhereItIsCaptured() throws {
    var configuration = Configuration()
    configuration.dns = .servers([])
    #expect(try Self.findings(Self.sidecar(), configuration) == [:])
    configuration.dns = .all
    #expect(try Self.findings(Self.sidecar(), configuration) == [15053: [.noListener]])
    let report = PortReport(configuration, probePort: 15002, try Self.sidecar())
    #expect(report.entries.filter { !$0.findings.isEmpty }.map(\.port.proto) == [.tcp, .udp])
    let dns = try [IPProtocol.tcp, .udp].map { try Self.socket(15053, "127.0.0.1", $0) }
    #expect(try Self.findings(Self.sidecar() + dns, configuration) == [:])
  }

  @Test func addressesMustBeThoseThatConnectionsComeTo() throws {
    // Outbound connections are redirected to 127.0.0.1, inbound ones to the address of the interface.
    let deaf: [(Port, String)] = [
      (15001, "10.0.0.2"), (15006, "127.0.0.1"), (15006, "10.0.0.2"), (15020, "127.0.0.1"),
      (15021, "127.0.0.1"), (15090, "127.0.0.1"), (15090, "10.0.0.3"),
    ]
    for (port, address) in deaf {
      let others = try Self.sidecar(without: [port])
      #expect(try Self.findings(others + [Self.socket(port, address)]) == [port: [.partialBind]])
    }
    let local = try Self.sidecar(without: [15001]) + [Self.socket(15001, "127.0.0.1")]
    #expect(Self.findings(local) == [:])
    var configuration = Configuration()
    configuration.includesIPv6 = true
    #expect(
      try Self.findings(Self.sidecar(), configuration) == [
        15001: [.missingFamily(.ipv6)], 15006: [.missingFamily(.ipv6)],
      ])
    let sixes = try [15001, 15006].map { try Self.socket($0, "::") }
    #expect(try Self.findings(Self.sidecar() + sixes, configuration) == [:])
    #expect(
      try Self.findings(Self.sidecar(without: [15001, 15006]) + sixes)
        == [15001: [.missingFamily(.ipv4)], 15006: [.missingFamily(.ipv4)]])
    let both = try [15001, 15006].map { try Self.socket($0, "::", isIPv6Only: false) }
    #expect(try Self.findings(Self.sidecar(without: [15001, 15006]) + both) == [:])
  }

  @Test func tproxyNeedsATransparentSocketAndAllowsRoot() throws {
    var configuration = Configuration()
    configuration.interception = .tproxy(mark: 1337, table: 133)
    #expect(try Self.findings(Self.sidecar(), configuration) == [:], "nothing inbound is captured")
    configuration.inboundPorts = .all(except: [])
    #expect(try Self.findings(Self.sidecar(), configuration) == [15006: [.notTransparent]])
    for isTransparent in [true, nil] {
      let root = try Self.socket(15006, of: UserID(rawValue: 0), isTransparent: isTransparent)
      #expect(try Self.findings(Self.sidecar(without: [15006]) + [root], configuration) == [:])
      #expect(
        try Self.findings(Self.sidecar(without: [15006]) + [root]) == [
          15006: [.foreignProcess(root)]
        ])
    }
  }

  @Test func theTextNamesPortPurposeAndOwner() throws {
    let app = try Self.socket(8080, of: Self.app)
    let intruder = ListeningSocket(
      .tcp, try #require(IPAddress("::")), 15090, of: Self.app, isIPv6Only: false,
      processes: [.init(id: 4711, name: "java")])
    let text = PortReport(
      Configuration(), probePort: 15002, try Self.sidecar(without: [15021, 15090]) + [app, intruder]
    ).text
    #expect(text.hasPrefix("ok    15000/tcp  administration (envoy)\n                 127.0.0.1, uid 1337\n"))
    #expect(
      text.hasSuffix(
        """
        WRONG 15021/tcp  readiness of the proxy (envoy)
                         no listener, but the port needs one
        -     15053/tcp  DNS (pilot-agent)
                         unused (needed only with DNS capture)
        -     15053/udp  DNS (pilot-agent)
                         unused (needed only with DNS capture)
        WRONG 15090/tcp  the proxy's metrics (envoy)
                         not the proxy: :: (IPv4 too), uid 1000: java (4711); Istio
                           reserves this port, let the app use another

        other listeners
              8080/tcp   0.0.0.0, uid 1000

        """))
  }
}
