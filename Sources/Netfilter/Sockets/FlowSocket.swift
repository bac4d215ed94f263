import CNetfilter
import Glibc
public import Intercept
public import SystemPackage

/// A connection that is made to see what becomes of it. It is closed at the end of this value's life.
public struct FlowSocket: ~Copyable {
  private let descriptor: Int32

  private init(adopting descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Begins to connect from the thread's network namespace, as the flow's owner; of UDP, sends a byte.
  ///
  /// - Throws: ``FlowSocketError``.
  public static func open(_ flow: Flow) throws(FlowSocketError) -> FlowSocket {
    let socket = try owned(flow)
    do throws(Errno) {
      if flow.mark != 0 { try socket.set(SOL_SOCKET, SO_MARK, flow.mark.rawValue) }
      if flow.source != nil || flow.sourcePort != nil { try socket.bind(flow) }
      try socket.connect(flow)
    } catch {
      throw .failed(flow.destination, error)
    }
    return socket
  }

  /// Makes a socket as the flow's owner: what rules ask for is the thread's file-system ids at this moment.
  private static func owned(_ flow: Flow) throws(FlowSocketError) -> FlowSocket {
    guard let wanted = flow.owner else { return try make(flow) }
    let before = setfsgid(wanted.group.rawValue)
    defer { setfsgid(UInt32(bitPattern: before)) }
    return try SocketOwner.run(as: wanted.user) { (owner) throws(FlowSocketError) in
      guard owner?.user == wanted.user, owner?.group == wanted.group else { throw .notPermitted(wanted) }
      return try make(flow)
    }
  }

  private static func make(_ flow: Flow) throws(FlowSocketError) -> FlowSocket {
    let type = (flow.proto == .tcp ? SOCK_STREAM : SOCK_DGRAM).rawValue
    let flags = SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
    do throws(Errno) {
      let domain = flow.destination.address.family == .ipv4 ? AF_INET : AF_INET6
      return FlowSocket(adopting: try systemCall { socket(domain, Int32(type | flags), 0) })
    } catch {
      throw .failed(flow.destination, error)
    }
  }

  private func bind(_ flow: Flow) throws(Errno) {
    let any = IPAddress(flow.destination.address.family, bits: 0)
    let end = Endpoint(flow.source ?? any, flow.sourcePort ?? 0)
    try systemCall { unsafe end.withSystemForm { unsafe Glibc.bind(descriptor, $0, $1) } }
  }

  private func connect(_ flow: Flow) throws(Errno) {
    do throws(Errno) {
      try systemCall { unsafe flow.destination.withSystemForm { unsafe Glibc.connect(descriptor, $0, $1) } }
      if flow.proto != .tcp { try systemCall { unsafe send(descriptor, "?", 1, 0) } }
    } catch {
      // Refused or not: the packet was sent, and that is what counts.
      guard error == .nowInProgress || error == .connectionRefused else { throw error }
    }
  }

  private func set(_ level: Int32, _ option: Int32, _ value: UInt32) throws(Errno) {
    var value = value
    let size = socklen_t(MemoryLayout<UInt32>.size)
    try systemCall { unsafe setsockopt(descriptor, level, option, &value, size) }
  }
}

/// Why a connection could not be made.
public enum FlowSocketError: Error, Hashable, Sendable {
  case notPermitted(SocketOwner)
  case failed(Endpoint, Errno)
}

extension FlowSocketError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notPermitted(let owner):
      "cannot make a socket of \(owner): CAP_SETUID and CAP_SETGID are needed to do so for another user"
    case .failed(let end, let errno): "cannot make a connection to \(end): \(errno)"
    }
  }
}

extension SocketOwner {
  /// Runs a body whose sockets belong to a user, as far as the process may have it so.
  ///
  /// Rules that ask for an owner look at the file-system uid that a socket was made with. That, unlike the other
  /// uids, is one of the thread alone, and the way back is always open.
  ///
  /// - Parameter body: takes the owner that sockets do have, who is another one without CAP_SETUID.
  static func run<Success: ~Copyable, Failure>(
    as user: Intercept.UserID, _ body: (SocketOwner?) throws(Failure) -> Success
  ) throws(Failure) -> Success {
    let before = setfsuid(user.rawValue)
    defer { setfsuid(UInt32(bitPattern: before)) }
    return try body(current)
  }

  /// The owner of new sockets. Asking for what no user is called changes nothing, and is the way to see what there
  /// is.
  private static var current: SocketOwner? {
    let (user, group) = (UInt32(bitPattern: setfsuid(.max)), UInt32(bitPattern: setfsgid(.max)))
    guard let user = Intercept.UserID(rawValue: user), let group = Intercept.GroupID(rawValue: group) else {
      return nil
    }
    return SocketOwner(user: user, group: group)
  }
}
