import AccessLog
import LogText
import Testing

/// Lines inside the JSON objects of log collectors.
struct EnvelopeTests {
  private static let line =
    #"[2024-01-02T03:04:05.678Z] \"- - -\" 0 UH - - \"-\" 0 0 1 - \"-\" \"-\" \"-\" \"-\" \"-\" "#
    + "outbound|80||web - 10.96.0.9:80 10.1.0.4:50000 - -"

  @Test(arguments: [
    #"{"log":"LINE\n","stream":"stdout"}"#,
    #"{"insertId":"a","resource":{"labels":{"container_name":"istio-proxy","namespace_name":"shop","pod_name":"web-1"}},"textPayload":"LINE"}"#,
    #"{"message":"LINE","nodeName":"n","namespace":"shop","podName":"web-1","containerName":"istio-proxy"}"#,
    #"{"labels":{"pod":"web-1"},"line":"LINE","timestamp":"2024-01-02T03:04:05Z"}"#,
  ])
  func aLineOfACollectorIsUnwrapped(_ object: String) throws {
    let entry = try #require(firstEntry(object.replacing("LINE", with: Self.line)))
    #expect(entry.flags == ["UH"] && entry[.upstreamCluster] == "outbound|80||web")
    let names = object.contains("web-1") ? "web-1" : nil
    #expect(entry.source.pod == names)
    #expect(entry.source.container == (object.contains("istio-proxy") ? "istio-proxy" : nil))
  }

  /// The forms of `gcloud logging read --format json` and `jq`.
  @Test(arguments: [
    #""textPayload": "LINE""#,
    #""jsonPayload": {"response_flags": "UH", "upstream_cluster": "outbound|80||web",\n "response_code": 503, "method": "{\""}"#,
  ])
  func objectsOverSeveralLinesAreJoined(_ payload: String) throws {
    let object = "  {\n    \"insertId\": \"a\",\n    \(payload.replacing("\\n", with: "\n"))\n  }"
      .replacing("LINE", with: Self.line)
    let report = read("[\n\(object),\n\(object)\n]\nno entry\n{\n\"a\": 1")
    #expect(report.count == 2)
    #expect(report.entries.allSatisfy { $0.flags == ["UH"] && $0[.upstreamCluster] == "outbound|80||web" })
    #expect(report.entries.first?.number == 2)
    #expect(report.unreadable.count == 2)
  }
}
