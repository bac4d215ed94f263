public import Intercept
import Sockets
import SystemPackage

/// A connection as the proxy makes it: with the proxy's user, which the rules leave alone.
public enum ProxyConnection {
  /// Connects from the thread's namespace, and closes the connection.
  ///
  /// - Parameters:
  ///   - destination: the address and port.
  ///   - user: the proxy's user.
  ///   - time: the time limit.
  /// - Returns: the failure in words; nil if the connection was accepted, or if this process may not take the user.
  public static func failure(
    to destination: Endpoint, as user: Intercept.UserID, within time: Duration = .milliseconds(500)
  ) -> String? {
    SocketOwner.run(as: user) { owner in
      guard owner?.user == user else { return nil }
      do throws(Errno) {
        let socket = try InternetSocket.open(destination.family)
        try socket.connect(to: destination, by: .now + time)
        return nil
      } catch {
        return error == .timedOut ? "no answer within \(time)" : "\(error)"
      }
    }
  }
}
