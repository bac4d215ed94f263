import Intercept
import Netfilter
import SystemPackage
import Testing

@testable import Probes

/// The address of the readiness check, and the meaning of its answers.
struct ReadinessURLTests {
  @Test(arguments: [
    ("http://127.0.0.1:15021/healthz/ready", "127.0.0.1:15021", "127.0.0.1:15021", "/healthz/ready"),
    ("http://[::1]:15020/a?b=c", "[::1]:15020", "[::1]:15020", "/a?b=c"),
    ("HTTP://10.0.0.1", "10.0.0.1:80", "10.0.0.1", "/"),
    ("http://[fd00::7]", "[fd00::7]:80", "[fd00::7]", "/"),
    ("http://127.0.0.1:1?x", "127.0.0.1:1", "127.0.0.1:1", "/?x"),
    ("http://Localhost:15021/", "127.0.0.1:15021 [::1]:15021", "Localhost:15021", "/"),
  ])
  func whatIsAURL(_ text: String, _ endpoints: String, _ authority: String, _ path: String) throws {
    let url = try #require(ReadinessURL(text))
    #expect(url.endpoints.map(\.description).joined(separator: " ") == endpoints)
    #expect(url.authority == authority)
    #expect(url.path == path)
  }

  @Test(arguments: [
    "", "http://", "http:///x", "https://127.0.0.1/", "127.0.0.1:80", "http://example.com/",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:/", "http://127.0.0.1:80:80/", "http://::1/", "http://[::1/", "http://[::1]80/",
    "http://[127.0.0.1]/", "http://127.0.0.1/a b", "http://127.0.0.1/a\r\nX: y", "http://127.0.0.1/ä",
    "http://127.0.0.1/a#b", "http://a@127.0.0.1/",
  ])
  func whatIsNone(_ text: String) {
    #expect(ReadinessURL(text) == nil)
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\n", ReadinessAnswer.status(200, "OK")),
    ("HTTP/1.0 503 Service Unavailable\nmore", .status(503, "Service Unavailable")),
    ("HTTP/1.1 204\r\n", .status(204, "")),
    ("HTTP/2 200 OK\r\n", .garbage("HTTP/2 200 OK")),
    ("HTTP/1.1 99 no\r\n", .garbage("HTTP/1.1 99 no")),
    ("HTTP/1.1 +20 no\r\n", .garbage("HTTP/1.1 +20 no")),
    ("SSH-2.0-x\r\n", .garbage("SSH-2.0-x")),
    ("\r\n", .garbage("")),
  ])
  func firstLines(_ text: String, _ expected: ReadinessAnswer) {
    #expect(ReadinessAnswer(Array(text.utf8), isAll: false) == expected)
    for end in 0..<text.utf8.count where !text.utf8.prefix(end).contains(UInt8(ascii: "\n")) {
      #expect(ReadinessAnswer(Array(text.utf8.prefix(end)), isAll: false) == nil)
    }
  }

  @Test func aLineWithoutEndIsNone() {
    #expect(ReadinessAnswer(Array("HTTP/1.1 200 OK".utf8), isAll: true) == .garbage("HTTP/1.1 200 OK"))
    #expect(ReadinessAnswer([], isAll: true) == .failed(.connectionReset))
    let endless = Array("HTTP/1.1 200 ".utf8) + [UInt8](repeating: 0x78, count: 1011)
    #expect(ReadinessAnswer(Array(endless.dropLast()), isAll: false) == nil)
    #expect(ReadinessAnswer(endless, isAll: false)?.isReady == false)
  }

  @Test func onlyAWholeTwoHundredIsReady() {
    #expect(ReadinessAnswer.status(200, "").isReady)
    for code in [100, 199, 201, 204, 301, 404, 503] { #expect(!ReadinessAnswer.status(code, "").isReady) }
  }
}
