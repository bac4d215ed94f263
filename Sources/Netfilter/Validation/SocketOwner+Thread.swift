import CNetfilter
import Glibc
import Intercept

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
