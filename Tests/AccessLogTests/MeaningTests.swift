import AccessLog
import LogText
import NetworkValues
import PacketTrace
import ProxyConfig
import Testing

/// Meanings of flags, details, clusters and addresses.
struct MeaningTests {
  /// A TCP line of Istio 1.9 or newer.
  private static func explanation(
    flags: String = "-", details: String = "- -", failure: String = "-", upstream: String = "10.1.0.9:8080",
    _ cluster: String, _ ends: String
  ) throws -> AccessLogExplanation {
    let line = """
      [2024-01-02T03:04:05.678Z] "- - -" 0 \(flags) \(details) "\(failure)" 1 2 3 - "-" "-" "-" "-" \
      "\(upstream)" \(cluster) \(ends) -
      """
    return AccessLogExplanation(try #require(firstEntry(line)))
  }

  @Test func everyFlagIsFoundByBothNames() {
    #expect(ResponseFlag.allCases.count == 30)
    for flag in ResponseFlag.allCases {
      #expect(ResponseFlag(name: flag.rawValue) == flag && ResponseFlag(name: flag.longName) == flag)
      #expect(!flag.meaning.isEmpty && !flag.causes.isEmpty)
    }
    #expect(Set(ResponseFlag.allCases.map(\.longName)).count == 30)
    #expect(ResponseFlag(name: "XX") == nil)
  }

  @Test(arguments: [
    ("PassthroughCluster", ClusterName.passthrough), ("BlackHoleCluster", .blackHole),
    ("InboundPassthroughCluster", .inboundPassthrough),
    ("InboundPassthroughClusterIpv6", .inboundPassthrough),
    ("inbound|8080||", .inbound(port: 8080)), ("inbound|80|http|web.shop", .inbound(port: 80)),
    ("outbound|80|v2|web.shop.svc", .outbound(port: 80, subset: "v2", host: "web.shop.svc")),
    ("outbound_.80_._.web_x.shop", .autoPassthrough(port: 80, subset: "", host: "web_x.shop")),
    ("xds-grpc", .proxy(.discovery)), ("agent", .proxy(.agent)),
    ("outbound|x||web", .other("outbound|x||web")),
    ("", .other("")), ("|||", .other("|||")), ("outbound_.", .other("outbound_.")),
  ])
  func clustersAreReadByTheirNames(name: String, cluster: ClusterName) {
    #expect(ClusterName(name) == cluster)
    #expect(!cluster.meaning.isEmpty)
  }

  @Test func theSideComesFromClusterAndAddresses() throws {
    let own = "10.1.0.4:40000 10.96.0.9:80 10.1.0.4:50000 -"
    let other = "10.1.0.4:40000 10.1.0.4:8443 203.0.113.9:50000 -"
    #expect(try Self.explanation("outbound|80||web", own).hop.side == .outbound)
    #expect(try Self.explanation("outbound|80||web", other).hop.side == .gateway)
    #expect(try Self.explanation("PassthroughCluster", own).hop.side == .outbound)
    #expect(try Self.explanation("prometheus_stats", own).hop.side == .proxy)
    let inbound = try Self.explanation(
      "inbound|8080||", "127.0.0.6:40000 10.1.0.4:8080 10.1.0.9:50000 outbound_.80_._.web.shop")
    #expect(inbound.hop.side == .inbound && inbound.hop.hasInboundSource)
    #expect(inbound.remarks.contains { $0.contains("127.0.0.6") })
    #expect(inbound.remarks.contains { $0.contains("web.shop") })
  }

  @Test func failedConnectionsAreExplained() throws {
    let refused = try Self.explanation(
      flags: "UF,URX,ZZ", failure: "delayed_connect_error:_111", "outbound|80||web",
      "- 10.96.0.9:80 10.1.0.4:50000 -")
    #expect(refused.flags == [.upstreamConnectionFailure, .upstreamRetryLimitExceeded])
    #expect(refused.unknownFlags == ["ZZ"] && refused.entry.hasFailed)
    #expect(refused.details.first?.meaning?.contains("refused") == true)
    let denied = try Self.explanation(
      details: "- rbac_access_denied_matched_policy[none]", "inbound|80||",
      "- 10.1.0.4:80 10.1.0.9:50000 -")
    #expect(denied.details.first?.meaning?.contains("AuthorizationPolicy") == true)
  }

  /// Requests that share a connection are paired by their IDs.
  @Test func requestsOfOneConnectionArePairedByID() {
    func line(_ cluster: String, _ ends: String, _ host: String, _ id: String) -> String {
      """
      [2024-01-02T03:04:05.678Z] "GET / HTTP/1.1" 200 - via_upstream - "-" 0 1 2 3 "-" "-" "\(id)" "web" \
      "\(host)" \(cluster) \(ends) - default
      """
    }
    let client = "10.1.0.4:40000 10.96.0.9:80 10.1.0.4:50000"
    let server = "127.0.0.6:1 10.1.0.9:8080 10.1.0.4:40000"
    let report = read(
      [
        line("outbound|80||web", client, "10.1.0.9:8080", "a"),
        line("outbound|80||web", client, "10.1.0.9:8080", "b"),
        line("inbound|8080||", server, "10.1.0.9:8080", "b"),
        line("inbound|8080||", server, "10.1.0.9:8080", "a"),
        line("inbound|8080||", server, "10.1.0.9:8080", "c"),
      ].joined(separator: "\n"))
    #expect(report.partners == [1: 4, 4: 1, 2: 3, 3: 2])
  }

  @Test(arguments: [1, 3, 4, 100])
  func linesAreSplitAtAnyChunk(size: Int) {
    let text = Array("one\n\ntwo is longer\nthree".utf8)
    var splitter = LineSplitter(longest: 8)
    var lines: [String] = []
    let keep: (Span<UInt8>) -> Void = { line in
      lines.append(line.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
    }
    for start in stride(from: 0, to: text.count, by: size) {
      splitter.read(Array(text[start..<min(text.count, start + size)]).span, keep)
    }
    splitter.finish(keep)
    #expect(lines == ["one", "", "two is l", "three"])
    #expect(splitter.cutLines == 1)
  }

  @Test func aLineWithALongPathIsWhole() {
    var splitter = LineSplitter()
    var lengths: [Int] = []
    splitter.read(([UInt8](repeating: 0x61, count: 100_000) + [0x0a]).span) { lengths.append($0.count) }
    #expect(lengths == [100_000] && splitter.cutLines == 0)
  }

  @Test func theBeginningOfALineWithoutEndIsPassedOnOnce() {
    var splitter = LineSplitter(longest: 8)
    var lengths: [Int] = []
    for _ in 0..<5 { splitter.read([UInt8](repeating: 0, count: 5).span) { lengths.append($0.count) } }
    #expect(lengths == [8])
    splitter.read([UInt8]("\nlast".utf8).span) { lengths.append($0.count) }
    splitter.finish { lengths.append($0.count) }
    #expect(lengths == [8, 4] && splitter.cutLines == 1)
  }
}
