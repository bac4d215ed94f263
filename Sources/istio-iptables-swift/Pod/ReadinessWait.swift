import Glibc
import Intercept
import Netfilter

/// Asks a proxy whether it is ready, again and again.
struct ReadinessWait {
  private let probe: ReadinessProbe
  private let timeout: Duration
  private let interval: Duration
  private let timeoutText: String

  /// How long one question may take: as long as Kubernetes gives Istio's own readiness probe.
  private static let patience = Duration.seconds(3)

  /// - Throws: `InvalidOptions` with every mistake.
  init(url: String?, port: String?, timeout: String, interval: String) throws(InvalidOptions) {
    var problems: [OptionProblem] = []
    func read<Value>(_ name: String, _ text: String, _ wanted: String, _ value: Value?) -> Value? {
      if value == nil { problems.append(OptionProblem("\(name): '\(text)': \(wanted)")) }
      return value
    }
    let time = "give a time like 5s, 500ms or 1m30s, 24h at most"
    let total = read("--timeout", timeout, time, Duration(goText: timeout))
    let pause = read("--interval", interval, time, Duration(goText: interval))
    var target = ReadinessURL.localhost(15021)
    if let port,
      let port = read("--port", port, "give a port, 1-65535", Port(port).flatMap { $0 == 0 ? nil : $0 })
    {
      target = .localhost(port)
    }
    if let url,
      let url = read(
        "--url", url, "give http://ADDRESS:PORT/PATH, with an address or localhost", ReadinessURL(url))
    {
      target = url
    }
    if url != nil, port != nil { problems.append(OptionProblem("--url and --port exclude each other")) }
    guard let total, let pause, problems.isEmpty else { throw InvalidOptions(problems: problems) }
    (probe, self.timeout, self.interval, timeoutText) = (ReadinessProbe(target), total, pause, timeout)
  }

  /// Returns when the proxy is ready.
  ///
  /// - Throws: `CommandError` with the last answer if it is not, in the time given.
  func perform() throws(CommandError) {
    let deadline = ContinuousClock.now + timeout
    var last: ReadinessAnswer?
    while true {
      let answer = probe.ask(within: min(Self.patience, deadline - .now))
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
