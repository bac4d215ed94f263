import Glibc
import Intercept
import Netlink
import Sockets
import SystemPackage

/// A running probe: repeated connections, since the rules may be installed during the run.
struct ProbeRun: ~Copyable {
  /// The outcome of the last connection.
  private(set) var end = MissedProbe.End.unanswered
  /// The listeners that could not be opened for the last connection.
  private(set) var deaf: [DeafListener] = []
  private let probe: Probe
  private var sockets: SocketConnection<NetlinkSocket>

  /// The time between two connections.
  private static let interval = Duration.milliseconds(200)

  init(_ probe: Probe) throws(ProbeError) {
    self.probe = probe
    sockets = try mapError(try .open(), ProbeError.unreadable)
  }

  /// Connects again and again until a connection arrives; nil if none does in time.
  mutating func arrival(by deadline: ContinuousClock.Instant) throws(ProbeError) -> Endpoint? {
    repeat {
      let pause = min(ContinuousClock.now + Self.interval, deadline)
      if let listener = try attempt(until: pause) { return listener }
      // The probe's listeners are closed by now, so that a proxy that starts in the pause finds its ports free.
      try wait(nil, until: pause)
    } while ContinuousClock.now < deadline
    return nil
  }

  /// Makes one connection, with listeners that exist as long as it is open.
  private mutating func attempt(until pause: ContinuousClock.Instant) throws(ProbeError) -> Endpoint? {
    let others = try mapError(try OtherListeners(&sockets), ProbeError.unreadable)
    let listeners = try ProbeListeners(probe, beside: others)
    deaf = listeners.deaf
    let client = try mapError(try InternetSocket.open(probe.family)) { [probe] in ProbeError.failed(probe, $0)
    }
    end = Self.connect(client, probe)
    if end == .unanswered, try wait(client.descriptor, until: pause) { end = Self.end(of: client) }
    if end == .failed(.connectionRefused), listeners.isTargetOpen { end = .refusedElsewhere }
    guard end == .elsewhere else { return nil }
    let source = try source(of: client)
    for listener in probe.listeners where try has(listener, source) { return listener }
    if try has(probe.target, source) { end = .arrived }
    _ = consume listeners
    return nil
  }

  /// True if the client's connection has arrived at a listener, the probe's or another program's.
  private mutating func has(_ listener: Endpoint, _ client: Endpoint) throws(ProbeError) -> Bool {
    try mapError(try sockets.hasConnection(at: listener, from: client), ProbeError.unreadable)
  }

  private func source(of client: borrowing InternetSocket) throws(ProbeError) -> Endpoint {
    do throws(Errno) {
      return Endpoint(probe.source, try client.localPort())
    } catch {
      throw failed(error)
    }
  }

  private func failed(_ errno: Errno) -> ProbeError { .failed(probe, errno) }

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

  /// Waits until a descriptor is writable; false at the end of the time.
  @discardableResult
  private func wait(_ descriptor: Int32?, until pause: ContinuousClock.Instant) throws(ProbeError) -> Bool {
    while ContinuousClock.now < pause {
      var polled = pollfd(fd: descriptor ?? -1, events: Int16(POLLOUT), revents: 0)
      // Rounded up, so that the deadline has passed when `poll` times out.
      let left = (pause - .now) / .milliseconds(1) + 1
      let result = unsafe poll(&polled, 1, Int32(max(left, 0)))
      if result > 0 { return true }
      // A signal does not end the wait.
      if result == -1, Errno.current != .interrupted { throw failed(.current) }
    }
    return false
  }
}
