import Glibc
import Intercept
import Netfilter
import RuleCommands

/// Polls a proxy until it is ready.
struct ReadinessWait {
  private let probe: ReadinessProbe
  private let timeout: Duration
  private let interval: Duration
  private let timeoutText: String

  /// The time limit of one request: that of Istio's own readiness probe in Kubernetes.
  private static let requestTimeout = Duration.seconds(3)

  init(reading reader: inout OptionReader) {
    timeout = reader.duration(.waitTimeout, default: .seconds(60))
    timeoutText = reader.text(.waitTimeout) ?? "60s"
    interval = reader.duration(.interval, default: .milliseconds(500))
    let port = reader.port(.waitPort)
    let url = reader.value(
      .url, wanted: "give http://ADDRESS:PORT/PATH, with an address or localhost", ReadinessURL.init)
    probe = ReadinessProbe(url ?? .localhost(port ?? 15021))
    if reader.text(.url) != nil, reader.text(.waitPort) != nil {
      reader.complain(OptionProblem("--url and --port exclude each other"))
    }
  }

  /// Returns when the proxy is ready.
  ///
  /// - Throws: `CommandError` with the last answer if it is not, in the time given.
  func perform() throws(CommandError) {
    let deadline = ContinuousClock.now + timeout
    var last: ReadinessAnswer?
    while true {
      let answer = probe.ask(within: min(Self.requestTimeout, deadline - .now))
      if answer.isReady { return }
      if answer != last { Console.note("waiting for \(probe.url): \(answer)") }
      last = answer
      guard deadline - .now > interval else { break }
      Self.sleep(interval)
    }
    throw CommandError(
      "\(probe.url) was not ready within \(timeoutText); the last answer: \(last.map { "\($0)" } ?? "none")")
  }

  private static func sleep(_ time: Duration) {
    // A day at most, as the option allows, fits into the milliseconds.
    poll(nil, 0, Int32(time / .milliseconds(1)))
  }
}
