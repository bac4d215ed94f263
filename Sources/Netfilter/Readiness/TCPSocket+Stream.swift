import Glibc
import Intercept
import SystemPackage

/// A connection's whole life by a deadline; each of these throws `ETIMEDOUT` when it has passed.
extension TCPSocket {
  /// Connects and waits until it is so.
  func connect(to address: Endpoint, by deadline: ContinuousClock.Instant) throws(Errno) {
    do throws(Errno) {
      try connect(to: address)
    } catch {
      guard error == .nowInProgress else { throw error }
      try wait(for: POLLOUT, until: deadline)
      if let error = try connectionError() { throw error }
    }
  }

  /// Sends all bytes.
  func send(_ bytes: [UInt8], by deadline: ContinuousClock.Instant) throws(Errno) {
    var rest = bytes
    while !rest.isEmpty {
      try wait(for: POLLOUT, until: deadline)
      do throws(Errno) {
        let count = try systemCall {
          unsafe Glibc.send(descriptor, rest, rest.count, Int32(MSG_NOSIGNAL))
        }
        rest.removeFirst(count)
      } catch {
        guard error == .wouldBlock else { throw error }
      }
    }
  }

  /// What comes next, up to a kilobyte; nothing at the end of the connection.
  func receive(by deadline: ContinuousClock.Instant) throws(Errno) -> [UInt8] {
    while true {
      try wait(for: POLLIN, until: deadline)
      var bytes = [UInt8](repeating: 0, count: 1024)
      let size = bytes.count
      do throws(Errno) {
        let count = try systemCall { unsafe recv(descriptor, &bytes, size, 0) }
        return Array(bytes.prefix(count))
      } catch {
        guard error == .wouldBlock else { throw error }
      }
    }
  }

  private func wait(for event: Int32, until deadline: ContinuousClock.Instant) throws(Errno) {
    while true {
      var polled = pollfd(fd: descriptor, events: Int16(event), revents: 0)
      let left = (deadline - .now) / .milliseconds(1)
      guard left > 0 else { throw .timedOut }
      // One more than is left, so that the deadline has passed when nothing happens.
      let result = unsafe poll(&polled, 1, Int32(min(left + 1, Double(Int32.max))))
      if result > 0 { return }
      if result == -1, Errno.current != .interrupted { throw .current }
    }
  }
}
