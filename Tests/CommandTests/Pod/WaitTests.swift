import Foundation
import Glibc
import KernelTestSupport
import TestSupport
import Testing

/// `wait` and a little server, which is ready or not or something else altogether.
@Suite(.enabled(if: canUseKernel))
struct WaitTests {
  private static func wait(_ options: String = "", then command: [String] = []) -> [String] {
    [Tool.path, "wait", "--interval", "10ms"] + options.shellWords + (command.isEmpty ? [] : ["--"] + command)
  }

  private static let localhost = Endpoint.ipv4([127, 0, 0, 1], 15021)
  private static let ready = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"

  @Test func whenTheProxyIsReadyTheCommandRunsInItsPlace() throws {
    try withNamespace {
      let server = try ReadinessServer(Self.localhost)
      let script = "echo \"$1 $SHLVL\"; grep -c ':3AAD 08' /proc/net/tcp; exit 7"
      let program = try Program(Self.wait(then: ["sh", "-c", script, "sh", "it's ready"]))
      for answer in [
        "HTTP/1.1 503 Service Unavailable\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n", Self.ready,
      ] {
        let exchange = try server.next()
        #expect(exchange.request.hasPrefix("GET /healthz/ready HTTP/1.1\r\nHost: localhost:15021\r\n"))
        #expect(exchange.request.hasSuffix("\r\nConnection: close\r\n\r\n"))
        exchange.send(answer)
      }
      let outcome = try program.finish()
      #expect(outcome.status == 7)
      #expect(
        outcome.output.contains(
          "waiting for http://localhost:15021/healthz/ready: status 503 Service Unavailable"))
      #expect(outcome.output.contains("it's ready "), "\(outcome)")
      #expect(outcome.output.hasSuffix("\n0\n"), "a connection is left open: \(outcome)")
    }
  }

  @Test func withoutACommandTheStatusIsTheResult() throws {
    try withNamespace {
      let server = try ReadinessServer(.ipv6([UInt8](repeating: 0, count: 15) + [1], 16021))
      let program = try Program(Self.wait("--port 16021"))
      try server.next().send("HTTP/1.0 200 OK\nx: " + String(repeating: "x", count: 1 << 20))
      let outcome = try program.finish()
      #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome)")
    }
  }

  @Test func itWaitsForAServerThatComesLater() throws {
    try withNamespace {
      let program = try Program(Self.wait("--url http://127.0.0.1:15020/x?y=z"))
      usleep(100_000)
      let server = try ReadinessServer(.ipv4([127, 0, 0, 1], 15020))
      let exchange = try server.next()
      #expect(exchange.request.hasPrefix("GET /x?y=z HTTP/1.1\r\nHost: 127.0.0.1:15020\r\n"))
      for byte in Self.ready { exchange.send(String(byte)) }
      #expect(try program.finish().status == 0)
    }
  }

  @Test func nobodyListens() throws {
    try withNamespace {
      let outcome = try Program.run(Self.wait("--timeout 100ms", then: ["echo", "ran"]))
      #expect(outcome.status == 1)
      #expect(outcome.output.contains("connection refused, no listener"), "\(outcome)")
      let problem = "error: http://localhost:15021/healthz/ready was not ready within 100ms; "
      #expect(outcome.output.contains(problem))
      #expect(!outcome.output.contains("ran"))
    }
  }

  @Test(arguments: [
    ("", "Connection reset"), ("SSH-2.0-OpenSSH_9\r\n", "no HTTP, it begins with 'SSH-2.0-OpenSSH_9'"),
    ("xxxx*", "no HTTP, it begins with 'xxxx"),
    ("HTTP/1.1 200 OK", "no HTTP, it begins with 'HTTP/1.1 200 OK'"),
    ("HTTP/1.1 503 \u{1b}[31mred\r\n\r\n", "status 503 "),
  ])
  func whatIsNoAnswerIsSaidInOneLine(_ answer: String, _ expected: String) throws {
    try withNamespace {
      let server = try ReadinessServer(Self.localhost)
      let program = try Program(Self.wait("--timeout 1s --interval 1h"))
      let isEndless = answer.hasSuffix("*")
      try server.next().send(isEndless ? String(repeating: "x", count: 1 << 20) : answer)
      let outcome = try program.finish()
      #expect(outcome.status == 1)
      #expect(outcome.output.contains("the last answer: \(expected)"), "\(outcome)")
      #expect(!outcome.output.contains("\u{1b}"))
    }
  }

  @Test func aSilentServerIsBounded() throws {
    try withNamespace {
      let server = try ReadinessServer(Self.localhost)
      let program = try Program(Self.wait("--timeout 300ms"))
      let exchange = try server.next()
      exchange.send("HTTP/1.1 2")
      let outcome = try program.finish()
      #expect(outcome.status == 1)
      #expect(outcome.output.contains("the last answer: no answer in time"), "\(outcome)")
    }
  }

  @Test(arguments: [("/no/such/program", 127, "No such file"), ("/tmp", 126, "Permission denied")])
  func aCommandThatCannotRunIsSaid(_ command: String, _ status: Int32, _ reason: String) throws {
    try withNamespace {
      let server = try ReadinessServer(Self.localhost)
      let program = try Program(Self.wait(then: [command]))
      try server.next().send(Self.ready)
      let outcome = try program.finish()
      #expect(outcome.status == status)
      #expect(outcome.output.hasPrefix("error: cannot run \(command): \(reason)"), "\(outcome)")
    }
  }

  @Test func theFirstProcessOfAContainerEndsOnASignal() throws {
    try withNamespace {
      let script = """
        unshare --pid --fork "$0" wait --timeout 60s & unshare=$!
        while [ -z "$child" ]; do
          child=$(awk -v parent=$unshare '$4 == parent { print $1 }' /proc/[0-9]*/stat 2>/dev/null)
        done
        while kill -TERM $child 2>/dev/null; do sleep 0.05; done
        wait $unshare; echo "ended $?"
        """
      let outcome = try Program.run(["sh", "-c", script, Tool.path])
      #expect(outcome.output.hasSuffix("ended 143\n"), "\(outcome)")
    }
  }

  @Test(arguments: [
    ("--timeout 0s", "--timeout: '0s': give a time"), ("--interval x", "--interval: 'x': give a time"),
    ("--url https://127.0.0.1/", "--url: 'https://127.0.0.1/': give http://ADDRESS:PORT/PATH"),
    ("--port 0", "--port: '0': give a port"), ("--port 1 --url http://127.0.0.1", "--url and --port exclude"),
  ])
  func mistakesAreReported(_ options: String, _ words: String) throws {
    let outcome = try Program.run([Tool.path, "wait"] + options.shellWords)
    #expect(outcome.status == 64)
    #expect(outcome.output.hasPrefix("error: \(words)"), "\(outcome)")
  }
}
