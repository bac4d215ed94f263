import CNetfilter
public import Intercept
public import Netlink

/// A change of the connection-tracking table (NFNLGRP_CONNTRACK_*).
public struct ConntrackEvent: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    case new
    case update
    case destroy
  }

  public let kind: Kind
  public let entry: ConntrackEntry
}

/// A subscription to the changes of the connection-tracking table of one network namespace.
public struct ConntrackMonitor: ~Copyable {
  private var socket: NetlinkSocket

  /// Subscribes in the thread's namespace.
  ///
  /// - Parameter timeout: the time limit of ``next()``, in milliseconds.
  public static func open(timeout: Int) throws(NetlinkError) -> ConntrackMonitor {
    try NetlinkError.naming("follow the connection-tracking table") { () throws(NetlinkFailure) in
      var socket = try NetlinkSocket.open(.netfilter, timeout: timeout)
      try socket.reserve(sending: 0, replies: queuedEvents)
      for group in [NFNLGRP_CONNTRACK_NEW, NFNLGRP_CONNTRACK_UPDATE, NFNLGRP_CONNTRACK_DESTROY] {
        try socket.join(UInt32(group.rawValue))
      }
      return ConntrackMonitor(socket: socket)
    }
  }

  /// Events that fit the receive queue.
  private static var queuedEvents: Int { 4096 }

  /// The events of the next datagram; empty at the time limit.
  ///
  /// - Throws: `NetlinkFailure.repliesLost` if events came faster than they were read.
  public mutating func next() throws(NetlinkError) -> [ConntrackEvent] {
    do throws(NetlinkFailure) {
      var events: [ConntrackEvent] = []
      for message in try NetlinkMessage.messages(in: socket.receive()) {
        if let event = try ConntrackEvent(message) { events.append(event) }
      }
      return events
    } catch {
      if case .noReply = error { return [] }
      throw NetlinkError("follow the connection-tracking table", "", error)
    }
  }
}

extension ConntrackEvent {
  /// Nil for a message of another kind.
  init?(_ message: NetlinkMessage) throws(NetlinkFailure) {
    guard message.type >> 8 == NFNL_SUBSYS_CTNETLINK, let kind = Kind(message),
      let entry = try ConntrackRecord(message).entry
    else { return nil }
    self.init(kind: kind, entry: entry)
  }
}

extension ConntrackEvent.Kind {
  fileprivate init?(_ message: NetlinkMessage) {
    switch UInt32(message.type & 0xff) {
    case IPCTNL_MSG_CT_NEW.rawValue:
      self = message.flags.isDisjoint(with: [.create, .exclusive]) ? .update : .new
    case IPCTNL_MSG_CT_DELETE.rawValue: self = .destroy
    default: return nil
    }
  }
}
