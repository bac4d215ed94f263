import Glibc
import Intercept
import Netlink
import Sockets
import SystemPackage

/// A running probe: repeated connections, since the rules may be installed during the run.
struct ProbeRun: ~Copyable {
  let listeners: ProbeListeners
  /// The outcome of the last connection.
  private(set) var end = MissedProbe.End.unanswered
  private let probe: Probe

  /// The time between two connections.
  private static let interval = Duration.milliseconds(200)

  init(_ probe: Probe) throws(ProbeError) {
    self.probe = probe
    listeners = try ProbeListeners(probe.listeners)
  }

  /// Connects again and again until a connection arrives; nil if none does in time.
  mutating func arrival(by deadline: ContinuousClock.Instant) throws(ProbeError) -> Endpoint? {
    do throws(Errno) {
      repeat {
        let pause = min(ContinuousClock.now + Self.interval, deadline)
        if let listener = try attempt(until: pause) { return listener }
      } while ContinuousClock.now < deadline
      return nil
    } catch {
      throw .failed(probe, error)
    }
  }

  private mutating func attempt(until pause: ContinuousClock.Instant) throws(Errno) -> Endpoint? {
    let client = try InternetSocket.open(probe.family)
    end = Self.connect(client, probe)
    repeat {
      var polled = listeners.polled
      polled.append(
        pollfd(fd: end == .unanswered ? client.descriptor : -1, events: Int16(POLLOUT), revents: 0))
      try Self.wait(for: &polled, until: pause)
      if polled.last?.revents != 0 { end = Self.end(of: client) }
      if let listener = listeners.arrival(for: probe.target.port) { return listener }
    } while ContinuousClock.now < pause
    return nil
  }

  private static func connect(_ client: borrowing InternetSocket, _ probe: Probe) -> MissedProbe.End {
    do throws(Errno) {
      try client.bind(to: Endpoint(probe.source, 0))
      try client.connect(to: probe.target)
      return .elsewhere
    } catch {
      return error == .nowInProgress ? .unanswered : .failed(error)
    }
  }

  private static func end(of client: borrowing InternetSocket) -> MissedProbe.End {
    do throws(Errno) {
      return try client.connectionError().map { .failed($0) } ?? .elsewhere
    } catch {
      return .failed(error)
    }
  }

  private static func wait(
    for descriptors: inout [pollfd], until pause: ContinuousClock.Instant
  ) throws(Errno) {
    let count = nfds_t(descriptors.count)
    // Rounded up, so that the deadline has passed when `poll` times out.
    let left = (pause - .now) / .milliseconds(1) + 1
    let result = unsafe poll(&descriptors, count, Int32(max(left, 0)))
    // A signal does not end the wait.
    if result == -1, Errno.current != .interrupted { throw .current }
  }
}
