import AccessLog
import Testing

/// Lines with bytes and values that surprise.
struct UnusualLineTests {
  private func line(path: String, code: String = "200", local: String = "10.12.0.11:51100") -> String {
    "[2020-07-23T14:26:27.081Z] \"GET \(path) HTTP/1.1\" \(code) - \"-\" \"-\" 6 0 506 - \"-\" \"-\" \"-\" \"web:80\" "
      + "\"10.12.0.12:80\" outbound|80||web.shop.svc.cluster.local \(local) 10.0.23.154:80 10.12.0.11:47316 - -"
  }

  @Test(arguments: ["/a\u{1B}[31mb", "/a\0b", "/a\u{7F}b", "/ä"]) func controlCharactersInAPathAreKept(
    _ path: String
  ) {
    #expect(firstEntry(line(path: path))?[.path] == path)
  }

  @Test func aMissingLocalAddressIsRemarkedForFailuresAlone() throws {
    let success = try #require(firstEntry(line(path: "/", local: "-")))
    #expect(AccessLogExplanation(success).remarks.isEmpty)
    let failure = try #require(firstEntry(line(path: "/", code: "503", local: "-")))
    #expect(AccessLogExplanation(failure).remarks.count == 1)
  }

  /// A format without the request: a response code other than 0 is that of HTTP.
  @Test(arguments: [("503", true), ("0", false), ("-", false)])
  func linesWithoutAMethod(_ code: String, _ isHTTP: Bool) throws {
    let format = try AccessLogFormat("%RESPONSE_CODE% %RESPONSE_FLAGS%")
    let entry = try #require(firstEntry("\(code) UH", format: format))
    #expect(entry.isHTTP == isHTTP)
    #expect(AccessLogExplanation(entry).direction.hasPrefix(isHTTP ? "HTTP " : "TCP "))
  }
}
