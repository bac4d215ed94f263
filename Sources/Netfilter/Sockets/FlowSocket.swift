import CNetfilter
import Glibc
public import Intercept
import Netlink
public import SystemPackage

/// A connection that is made to trace its first packet, closed at the end of its life.
public struct FlowSocket: ~Copyable {
  private let socket: InternetSocket

  /// Starts to connect from the thread's network namespace as the flow's owner; for UDP, sends a byte.
  ///
  /// - Throws: ``FlowSocketError``.
  public static func open(_ flow: Flow) throws(FlowSocketError) -> FlowSocket {
    let socket = try owned(flow)
    do throws(Errno) {
      if flow.mark != 0 { try socket.setOption(SO_MARK, Int32(bitPattern: flow.mark.rawValue)) }
      if flow.source != nil || flow.sourcePort != nil { try socket.bind(to: flow.localEndpoint) }
      try connect(socket, flow)
    } catch {
      throw .failed(flow.destination, error)
    }
    return FlowSocket(socket: socket)
  }

  /// Creates a socket as the flow's owner: rules match the thread's file-system ids at this moment.
  private static func owned(_ flow: Flow) throws(FlowSocketError) -> InternetSocket {
    guard let wanted = flow.owner else { return try make(flow) }
    let before = setfsgid(wanted.group.rawValue)
    defer { setfsgid(UInt32(bitPattern: before)) }
    return try SocketOwner.run(as: wanted.user) { (owner) throws(FlowSocketError) in
      guard owner?.user == wanted.user, owner?.group == wanted.group else { throw .notPermitted(wanted) }
      return try make(flow)
    }
  }

  private static func make(_ flow: Flow) throws(FlowSocketError) -> InternetSocket {
    do throws(Errno) {
      return try .open(flow.destination.family, isStream: flow.proto == .tcp)
    } catch {
      throw .failed(flow.destination, error)
    }
  }

  private static func connect(_ socket: borrowing InternetSocket, _ flow: Flow) throws(Errno) {
    do throws(Errno) {
      try socket.connect(to: flow.destination)
      if flow.proto != .tcp { try systemCall { unsafe send(socket.descriptor, "?", 1, 0) } }
    } catch {
      // The packet has been sent even if the connection is refused.
      guard error == .nowInProgress || error == .connectionRefused else { throw error }
    }
  }
}

extension Flow {
  /// The source of the flow; zero for a part that is not given.
  fileprivate var localEndpoint: Endpoint {
    Endpoint(source ?? IPAddress(destination.address.family, bits: 0), sourcePort ?? 0)
  }
}

/// A connection that could not be made.
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
  /// Runs a body whose new sockets belong to a user, if the process has CAP_SETUID.
  ///
  /// Owner matches compare the file-system uid at the creation of a socket. Unlike the other uids it belongs to
  /// the thread, and it can always be restored.
  ///
  /// - Parameter body: receives the actual owner of new sockets, which differs without CAP_SETUID.
  package static func run<Success: ~Copyable, Failure>(
    as user: Intercept.UserID, _ body: (SocketOwner?) throws(Failure) -> Success
  ) throws(Failure) -> Success {
    let before = setfsuid(user.rawValue)
    defer { setfsuid(UInt32(bitPattern: before)) }
    return try body(current)
  }

  /// The owner of new sockets. Setting an invalid id changes nothing and returns the current one.
  private static var current: SocketOwner? {
    let (user, group) = (UInt32(bitPattern: setfsuid(.max)), UInt32(bitPattern: setfsgid(.max)))
    guard let user = Intercept.UserID(rawValue: user), let group = Intercept.GroupID(rawValue: group) else {
      return nil
    }
    return SocketOwner(user: user, group: group)
  }
}
