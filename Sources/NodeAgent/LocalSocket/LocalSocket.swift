import Glibc
public import SystemPackage

/// A connection to a Unix stream socket, with one time limit for everything that is done on it.
public struct LocalSocket: ~Copyable {
  private let descriptor: FileDescriptor
  private let end: ContinuousClock.Instant

  /// Connects.
  ///
  /// - Parameters:
  ///   - path: the socket's path.
  ///   - time: the time limit for all reads and writes.
  /// - Throws: `Errno`; `noSuchFileOrDirectory` or `connectionRefused` if no process listens there.
  public init(_ path: String, within time: Duration) throws(Errno) {
    var address = sockaddr_un()
    guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { throw .fileNameTooLong }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let socket = Glibc.socket(AF_UNIX, kind, 0)
    guard socket >= 0 else { throw Errno(rawValue: errno) }
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0 else {
      let reason = Errno(rawValue: errno)
      close(socket)
      throw reason
    }
    descriptor = FileDescriptor(rawValue: socket)
    end = .now + time
  }

  deinit {
    close(descriptor.rawValue)
  }

  /// Writes all bytes.
  ///
  /// - Throws: `Errno`; `timedOut` at the time limit.
  public func write(_ bytes: [UInt8]) throws(Errno) {
    var rest = bytes[...]
    while !rest.isEmpty {
      try wait(for: POLLOUT)
      // A write to a socket that the other side has closed must not end the process.
      let count = rest.withUnsafeBytes {
        send(descriptor.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Errno(rawValue: errno) }
      rest = rest.dropFirst(count)
    }
  }

  /// Returns the next bytes, at most 64 KiB; none at the end of the stream.
  ///
  /// - Throws: `Errno`; `timedOut` at the time limit.
  public func read() throws(Errno) -> [UInt8] {
    try wait(for: POLLIN)
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(descriptor.rawValue, &bytes, bytes.count, 0)
    guard count >= 0 else { throw Errno(rawValue: errno) }
    return Array(bytes[..<count])
  }

  private func wait(for events: Int32) throws(Errno) {
    let rest = ContinuousClock.now.duration(to: end).components
    let milliseconds = max(0, rest.seconds * 1000 + rest.attoseconds / 1_000_000_000_000_000)
    var request = pollfd(fd: descriptor.rawValue, events: Int16(events), revents: 0)
    switch poll(&request, 1, Int32(milliseconds)) {
    case 1: return
    case 0: throw .timedOut
    default: throw Errno(rawValue: errno)
    }
  }
}
