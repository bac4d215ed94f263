import Conntrack
import Netlink
import RouteNetlink
import Sockets

/// Replies of rtnetlink: interfaces, addresses, routes and policy rules.
enum RouteReplies: FuzzedReader {
  static let name = "rtnetlink"

  static func check(_ input: [UInt8]) {
    for read in [Self.interfaces, Self.addresses, Self.routes, Self.rules] {
      var connection = RouteConnection(over: ReplyTransport(input, distance: 2))
      do {
        try read(&connection)
      } catch {
        Oracle.expectMessage(error, input)
      }
    }
  }

  private typealias Connection = RouteConnection<ReplyTransport>

  private static func interfaces(_ connection: inout Connection) throws { _ = try connection.interfaces() }
  private static func addresses(_ connection: inout Connection) throws { _ = try connection.addresses() }

  private static func routes(_ connection: inout Connection) throws {
    for family in AddressFamily.allCases {
      _ = try connection.routes(family).compactMap { LocalRoute($0) }
    }
  }

  private static func rules(_ connection: inout Connection) throws {
    for family in AddressFamily.allCases { _ = try connection.policyRules(family) }
  }
}

/// Replies of sock_diag: listeners and connections.
enum SocketReplies: FuzzedReader {
  static let name = "sock_diag"

  static func check(_ input: [UInt8]) {
    var connection = SocketConnection(over: ReplyTransport(input, distance: 0))
    do {
      for family in AddressFamily.allCases {
        _ = try connection.tcpListeners(family)
        _ = try connection.udpListeners(family)
        _ = try connection.tcpConnections(family)
      }
    } catch {
      Oracle.expectMessage(error, input)
    }
  }
}

/// Replies of ctnetlink: the connection-tracking table.
enum ConntrackReplies: FuzzedReader {
  static let name = "conntrack"

  static func check(_ input: [UInt8]) {
    var connection = ConntrackConnection(over: ReplyTransport(input, distance: 1))
    do {
      for entry in try connection.entries() { Oracle.expectVisible("\(entry)", input) }
      _ = try connection.usage()
    } catch {
      Oracle.expectMessage(error, input)
    }
  }
}
