import CNetfilter
import Intercept

/// Whom new sockets of a thread belong to.
enum SocketOwner {
  /// Runs a body whose sockets belong to a user, as far as the process may have it so.
  ///
  /// Rules that ask for an owner look at the file-system uid that a socket was made with. That, unlike the other
  /// uids, is one of the thread alone, and the way back is always open.
  ///
  /// - Parameter body: takes the user whom sockets do belong to, which is another one without CAP_SETUID.
  static func run<Success, Failure>(
    as user: UserID, _ body: (UserID?) throws(Failure) -> Success
  ) throws(Failure) -> Success {
    let before = setfsuid(user.rawValue)
    defer { setfsuid(UInt32(bitPattern: before)) }
    return try body(current)
  }

  /// Asking for what no user is called changes nothing, and is the only way to see what there is.
  private static var current: UserID? { UserID(rawValue: UInt32(bitPattern: setfsuid(.max))) }
}
