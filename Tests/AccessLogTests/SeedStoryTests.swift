import AccessLog
import LogText
import NetworkValues
import PacketTrace
import ProxyConfig
import Testing

/// The log lines of two pods whose app uses the same port as a service that was added later.
struct SeedStoryTests {
  private static let report = read(
    """
    manager-p44xx istio-proxy [2020-07-23T14:26:27.081Z] "- - -" 0 - "-" "-" 6 0 506 - "-" "-" "-" "-" "10.12.0.12:5701" outbound|5701||manager.manager.svc.cluster.local 10.12.0.12:51100 10.0.23.154:5701 10.12.0.12:47316 - -
    manager-p44xx istio-proxy [2020-07-23T14:26:27.081Z] "- - -" 0 - "-" "-" 6 0 506 - "-" "-" "-" "-" "127.0.0.1:5701" inbound|5701|tcp-hazelcast|manager.manager.svc.cluster.local 127.0.0.1:59430 10.12.0.12:5701 10.12.0.12:51100 outbound_.5701_._.manager.manager.svc.cluster.local -
    not a line of a proxy
    manager-p44xx istio-proxy [2020-07-23T14:39:12.587Z] "- - -" 0 - "-" "-" 6 0 2108 - "-" "-" "-" "-" "10.12.2.8:5701" PassthroughCluster 10.12.0.11:51428 10.12.2.8:5701 10.12.0.11:51426 - -
    `manager-sh7rx istio-proxy [2020-07-23T14:39:13.590Z] "- - -" 0 - "-" "-" 6 0 1113 - "-" "-" "-" "-" "127.0.0.1:5701" inbound|5701|tcp-hazelcast|manager.manager.svc.cluster.local 127.0.0.1:59986 10.12.2.8:5701 10.12.0.11:51428 - -'
    `manager-p44xx istio-proxy [2020-07-23T14:47:24.040Z] "- - -" 0 UF,URX "-" "-" 0 0 1000 - "-" "-" "-" "-" "10.0.23.221:5701" outbound|5701||app-ext.app.svc.cluster.local - 10.12.1.6:5701 10.12.0.12:52852 - -`
    """)

  @Test func everyLineIsReadAndPaired() {
    let report = Self.report
    #expect(report.count == 5 && report.isComplete)
    #expect(report.unreadable.count == 1 && report.unreadable.first == 3)
    #expect(report.pairs == 2)
    #expect(report.partners == [1: 2, 2: 1, 4: 5, 5: 4])
    #expect(report.entries.allSatisfy { $0.format == "Istio 1.5 to 1.7" })
  }

  @Test func eachLineHasItsSideAndCluster() {
    let lines = Self.report.explanations()
    #expect(lines.map(\.hop.side) == [.outbound, .inbound, .outbound, .inbound, .outbound])
    #expect(lines[2].hop.cluster == .passthrough)
    #expect(lines[0].hop.isSelfCall && !lines[2].hop.isSelfCall)
    #expect(lines[3].source.pod == "manager-sh7rx" && lines[3].source.container == "istio-proxy")
    #expect(lines[4].flags == [.upstreamConnectionFailure, .upstreamRetryLimitExceeded])
    #expect(lines[4].hop.source == nil)
    #expect(lines[4].hop.original == Endpoint("10.12.1.6:5701"))
    #expect(lines[4].remarks.contains { $0.contains("0.0.0.0_5701") })
  }

  /// Once a catch-all listener exists, it takes the connection that was passed through before.
  @Test func listenersShowThatTheConnectionTakesAnotherRouteNow() throws {
    let cluster = "outbound|5701||app-ext.app.svc.cluster.local"
    func listener(_ name: String, _ end: String, _ cluster: String, binds: Bool = false) throws
      -> EnvoyListener
    {
      EnvoyListener(
        name: name, addresses: [try #require(Endpoint(end))], bindsToPort: binds,
        usesOriginalDestination: binds,
        defaultFilterChain: EnvoyFilterChain(to: .cluster(cluster)))
    }
    let own = "outbound|5701||manager.manager.svc.cluster.local"
    var configuration = EnvoyConfiguration(listeners: [
      try listener("virtualOutbound", "0.0.0.0:15001", "PassthroughCluster", binds: true),
      try listener("10.0.23.154_5701", "10.0.23.154:5701", own),
    ])
    #expect(Self.report.explanations(configuration)[2].today?.comparison == .same)
    configuration.listeners.append(try listener("0.0.0.0_5701", "0.0.0.0:5701", cluster))
    let after = Self.report.explanations(configuration)
    #expect(after[0].today?.comparison == .same)
    #expect(after[2].today?.comparison == .different)
    #expect(after[2].today?.route.cluster == cluster)
    #expect(after[4].today?.comparison == .same)
    #expect(after[4].today?.route.listener == "0.0.0.0_5701")
  }
}
