import AccessLog
import Testing

/// Formats without some fields: nothing is concluded from a value that the format does not have.
struct PartialFormatTests {
  private func explanation(_ format: String, _ line: String) throws -> AccessLogExplanation {
    AccessLogExplanation(try #require(firstEntry(line, format: try AccessLogFormat(format))))
  }

  @Test(arguments: [
    ("%RESPONSE_CODE% %RESPONSE_FLAGS%", "503 UF", false),
    ("%RESPONSE_CODE% %RESPONSE_FLAGS% %UPSTREAM_HOST%", "503 UH -", true),
    (#"{"c":"%RESPONSE_CODE%","h":"%UPSTREAM_HOST%"}"#, #"{"c":503,"h":null}"#, true),
    (#"{"c":"%RESPONSE_CODE%","f":"%RESPONSE_FLAGS%"}"#, #"{"c":503,"f":"UF"}"#, false),
  ])
  func aMissingEndpointIsSeenInItsField(_ format: String, _ line: String, _ isSeen: Bool) throws {
    #expect(try explanation(format, line).text().contains("no endpoint") == isSeen)
  }

  @Test func aMissingLocalAddressIsSeenInItsField() throws {
    let fields = "%RESPONSE_FLAGS% %UPSTREAM_HOST%"
    #expect(try explanation(fields, "UF 10.0.0.1:80").remarks == [])
    #expect(try explanation(fields + " %UPSTREAM_LOCAL_ADDRESS%", "UF 10.0.0.1:80 -").remarks.count == 1)
  }

  @Test func aMissingServerNameIsSeenInItsField() throws {
    let fields = "%RESPONSE_CODE% %UPSTREAM_CLUSTER%"
    #expect(try explanation(fields, "200 inbound|80||").remarks == [])
    #expect(try explanation(fields + " %REQUESTED_SERVER_NAME%", "200 inbound|80|| -").remarks.count == 1)
  }

  @Test func theProtocolIsSeenInItsFields() throws {
    #expect(try explanation("%RESPONSE_FLAGS% %DURATION%", "UF 5").direction.hasPrefix("connection "))
    #expect(try explanation("%RESPONSE_FLAGS% %RESPONSE_CODE%", "UF 0").direction.hasPrefix("TCP "))
  }

  /// A gateway's line differs from a sidecar's in the source of the proxy's connection.
  @Test func theSideIsUnknownWithoutTheSource() throws {
    let fields = "%UPSTREAM_CLUSTER% %DOWNSTREAM_REMOTE_ADDRESS%"
    let line = "outbound|80||web 203.0.113.9:50000"
    #expect(try explanation(fields, line).hop.side == .unknown)
    #expect(try explanation(fields + " %UPSTREAM_LOCAL_ADDRESS%", line + " -").hop.side == .outbound)
  }

  @Test func theSummaryNamesNoValueThatTheFormatDoesNotHave() throws {
    let report = read("503\n503", format: try AccessLogFormat("%RESPONSE_CODE%"))
    #expect(report.summary().contains("2      ?      503     ?        ?"), "\(report.summary())")
  }
}
