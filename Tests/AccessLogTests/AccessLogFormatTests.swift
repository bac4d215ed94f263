import AccessLog
import LogText
import NetworkValues
import PacketTrace
import Testing

/// Formats of lines.
struct AccessLogFormatTests {
  private static let ends = """
    outbound|80||web.shop.svc.cluster.local 10.1.0.4:40000 10.96.0.9:80 10.1.0.4:50000 - default
    """
  private static let figures = """
    12 345 6 5 "-" "agent with ] \\" and [brackets" "0af2" "web" "10.1.0.9:8080"
    """

  @Test(arguments: [
    ("Istio 1.9 to 1.30", #"503 UF upstream_reset_before_response_started{connection_failure} - "reason" "#),
    ("Istio 1.9 to 1.30", #"503 UF upstream_reset_before_response_started{connection failure} - "reason" "#),
    ("Istio 1.5 to 1.7", #"503 UF "-" "reason" "#),
    ("Istio 1.8", #"503 UF "reason" "#),
  ])
  func istioFormatsAreRecognised(format: String, middle: String) throws {
    let line = #"[2024-01-02T03:04:05.678Z] "GET /a?b=c HTTP/1.1" "# + middle + Self.figures + " " + Self.ends
    let entry = try #require(firstEntry(line))
    #expect(entry.format == format)
    #expect(entry[.path] == "/a?b=c" && entry[.method] == "GET")
    #expect(entry.flags == ["UF"] && entry.number(.responseCode) == 503)
    #expect(entry[.transportFailure] == "reason" && entry.number(.duration) == 6)
    #expect(entry[.userAgent] == #"agent with ] \" and [brackets"#)
    #expect(entry[.upstreamCluster] == "outbound|80||web.shop.svc.cluster.local")
    #expect(entry.endpoint(.downstreamRemoteAddress) == Endpoint("10.1.0.4:50000"))
    #expect(entry[.routeName] == "default" && entry[.serverName] == nil)
    #expect(entry.milliseconds == 1_704_164_645_678)
  }

  @Test(arguments: [
    "", "[pod/web-1/istio-proxy] ", "2024-01-02T03:04:05.1Z stdout F ", "web-1 istio-proxy ", "web-1 | ",
    "shop/web-1[istio-proxy]: ", "\u{1B}[36mweb-1\u{1B}[0m \u{1B}[33mistio-proxy\u{1B}[0m ",
  ])
  func prefixesOfCollectorsAreLeftOut(prefix: String) throws {
    let line = #"[2024-01-02T03:04:05.678Z] "- - -" 0 - - - "-" "# + Self.figures + " " + Self.ends
    let entry = try #require(firstEntry(prefix + line))
    #expect(entry[.startTime] == "2024-01-02T03:04:05.678Z")
    #expect(entry.source.pod == (prefix.contains("web-1") ? "web-1" : nil))
    #expect(entry.source.container == (prefix.contains("istio-proxy") ? "istio-proxy" : nil))
  }

  @Test func dockersFilesAreUnwrapped() throws {
    let line = #"[2024-01-02T03:04:05.678Z] "- - -" 0 UH - - "-" 0 0 1 - "-" "-" "-" "-" "-" "# + Self.ends
    let escaped = line.replacing("\"", with: "\\\"")
    let wrapped = "{\"log\":\"\(escaped)\\n\",\"stream\":\"stdout\",\"time\":\"2024-01-02T03:04:05Z\"}"
    #expect(firstEntry(wrapped)?.flags == ["UH"])
  }

  @Test func jsonLinesAreRecognised() throws {
    let line = """
      web-1 istio-proxy {"upstream_cluster":"outbound|80||web","response_flags":"UF,URX","method":null,\
      "response_code":503,"duration":"7","bytes_sent":0,"path":"/\\u00e9\\"","unknown":{"a":[1,"]",{}]},\
      "downstream_local_address":"[fd00::1]:80"}
      """
    let entry = try #require(firstEntry(line))
    #expect(entry.flags == ["UF", "URX"] && entry.number(.responseCode) == 503)
    #expect(entry[.path] == "/é\"" && entry[.method] == nil)
    #expect(entry.endpoint(.downstreamLocalAddress) == Endpoint("[fd00::1]:80"))
    #expect(entry.source.pod == "web-1")
    #expect(self.entryIsNil(#"{"level":"info","msg":"started","path":"/x"}"#))
  }

  private func entryIsNil(_ line: String) -> Bool { firstEntry(line) == nil }

  @Test func givenFormatsAreRead() throws {
    let format = try AccessLogFormat(
      #"%START_TIME(%Y-%m-%d %s.%3f)% %REQ(:METHOD)%:9 100%% <%REQ(USER-AGENT):5%> %RESPONSE_FLAGS_LONG% %UPSTREAM_CLUSTER%\n"#
    )
    let entry = try #require(
      firstEntry(
        "2024-01-02 1704164645.678 GET:9 100% <curl/> NoRouteFound,DnsResolutionFailed BlackHoleCluster",
        format: format))
    #expect(entry[.startTime] == "2024-01-02 1704164645.678" && entry[.method] == "GET")
    #expect(entry.flags.map { ResponseFlag(name: $0) } == [.noRouteFound, .dnsResolutionFailed])
    #expect(entry[.upstreamCluster] == "BlackHoleCluster")
  }

  @Test func givenDictionariesAreRead() throws {
    let format = try AccessLogFormat(
      #"{"c": "%UPSTREAM_CLUSTER%", "f": "%RESPONSE_FLAGS%", "n": "fixed", "d": "%DURATION%ms"}"#)
    let entry = try #require(firstEntry(#"{"f":"UC","c":"inbound|80||","d":"5ms"}"#, format: format))
    #expect(entry.flags == ["UC"] && entry[.upstreamCluster] == "inbound|80||" && entry[.duration] == nil)
  }

  @Test(arguments: ["", "no operator", "%START_TIME", "%A%%B%", "{not json", "%%%", "%REQ(", "%REQ(A"])
  func unusableFormatsAreRefused(text: String) {
    #expect(throws: InvalidLogFormat.self) { try AccessLogFormat(text) }
  }

  @Test(arguments: ["", "[", "[2024] \"", "{", "{\"log\":\"", "[] \"- - -\" - -"])
  func otherLinesAreNotRead(line: String) {
    #expect(firstEntry(line) == nil)
  }
}
