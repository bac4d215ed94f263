import CNetfilter
import Glibc
public import Intercept
import SystemPackage

/// Has the kernel tell how connections fare with the rules of a network namespace, while they happen.
///
/// It puts a table of its own in, which decides nothing and is gone when this value is, or the process.
public struct KernelTraceSession: ~Copyable {
  private let watcher: NftraceTable
  private var connection: Connection
  private var listener: NetlinkSocket
  private var book: RulesetSnapshot
  private var desk: TraceCollector
  private var stories: [KernelPacketTrace] = []

  /// What came of waiting.
  public enum Outcome: Hashable, Sendable {
    case story(KernelPacketTrace)
    /// Nothing, in the time given.
    case timeout
    /// The descriptor that stops the waiting became readable.
    case stopped
  }

  private init(
    _ watcher: NftraceTable, _ connection: consuming Connection, _ listener: consuming NetlinkSocket,
    _ book: RulesetSnapshot
  ) {
    self.watcher = watcher
    self.connection = connection
    self.listener = listener
    self.book = book
    desk = TraceCollector(watcher.watched.flow.proto, watcher: watcher.table.name)
  }

  /// Begins in the thread's network namespace.
  ///
  /// - Throws: ``KernelWatchError``.
  public static func begin(_ watched: TracedConnection) throws(KernelTraceSessionError) -> KernelTraceSession
  {
    do throws(NetlinkError) {
      let watcher = NftraceTable(watched)
      let listener = try listener()
      var connection = try Connection.open()
      try put(watcher, into: &connection)
      let book = try connection.ruleBook(watcher.watched.family)
      return KernelTraceSession(watcher, connection, listener, book)
    } catch {
      throw KernelTraceSessionError(error)
    }
  }

  private static func listener() throws(NetlinkError) -> NetlinkSocket {
    try NetlinkError.naming("listen to nf_tables' tracing") { () throws(NetlinkFailure) in
      var socket = try NetlinkSocket.open(.netfilter)
      try socket.join(UInt32(NFNLGRP_NFTRACE.rawValue))
      // Other programs may have far more traced.
      try socket.reserve(sending: 0, replies: 1000)
      return socket
    }
  }

  private static func put(_ watcher: NftraceTable, into connection: inout Connection) throws(NetlinkError) {
    let batch = try watcher.batch().finish()
    do throws(BatchError) {
      try connection.commit(batch)
    } catch {
      throw error.failures[0]
    }
  }

  /// Waits until a connection's first packet has come to its end.
  ///
  /// - Parameters:
  ///   - deadline: when to give up.
  ///   - stop: a descriptor that ends the waiting when it becomes readable; -1 for none.
  public mutating func next(
    by deadline: ContinuousClock.Instant, stop: Int32 = -1
  ) throws(KernelTraceSessionError) -> Outcome {
    do throws(NetlinkError) {
      while stories.isEmpty {
        let now = ContinuousClock.now
        guard now < deadline else { return .timeout }
        var polled = [listener.descriptor, stop].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // A packet of which nothing more is heard is looked after now and then.
        let left = min(deadline - now, desk.isBusy ? .milliseconds(100) : .seconds(3600)) / .milliseconds(1)
        _ = unsafe poll(&polled, 2, Int32(left + 1))
        if polled[1].revents != 0 { return .stopped }
        if polled[0].revents != 0 { try readEvents() }
        for draft in desk.lost() { try finish(draft) }
      }
      return .story(stories.removeFirst())
    } catch {
      throw KernelTraceSessionError(error)
    }
  }

  private mutating func readEvents() throws(NetlinkError) {
    let messages: [NetlinkMessage]
    do throws(NetlinkFailure) {
      messages = try NetlinkMessage.messages(in: listener.receive())
    } catch {
      // What is missing shows in the stories.
      if error == .repliesLost { return }
      throw NetlinkError("read nf_tables' tracing", "", error)
    }
    for message in messages {
      let event = try NetlinkError.naming("read nf_tables' tracing") { () throws(NetlinkFailure) in
        try KernelTraceEvent(message)
      }
      if let event { try add(event) }
    }
  }

  private mutating func add(_ event: KernelTraceEvent) throws(NetlinkError) {
    if event.headers != nil, book.hooks[event.chain] == nil {
      book = try connection.ruleBook(watcher.watched.family)
    }
    if let draft = desk.add(event, book) { try finish(draft) }
  }

  /// Looks the rules up in the state that they are in now.
  private mutating func finish(_ draft: PendingTrace) throws(NetlinkError) {
    if try connection.generation() != book.generation {
      book = try connection.ruleBook(watcher.watched.family)
    }
    let comments = try comments(draft)
    stories.append(
      KernelPacketTrace(
        draft, book, comments: comments, watcher: watcher.table.name))
  }

  /// What rules of tables that are not iptables' say about themselves.
  private mutating func comments(_ draft: PendingTrace) throws(NetlinkError) -> [Handle: String] {
    var comments: [Handle: String] = [:]
    let chains = Set(draft.visits.flatMap { $0.events.map(\.chain) })
    for chain in chains where book.table(of: chain) == nil && chain.table != watcher.table.name {
      for rule in try connection.rules(chain.family, table: chain.table, chain: chain.name) {
        guard let handle = rule.handle, let comment = RuleComment(userdata: rule.userdata) else { continue }
        comments[handle] = comment.text
      }
    }
    return comments
  }
}

/// Why the kernel could not be had to tell.
public struct KernelTraceSessionError: Error, Hashable, Sendable {
  public let failure: NetlinkError

  init(_ failure: NetlinkError) {
    self.failure = failure
  }
}

extension KernelTraceSessionError: CustomStringConvertible {
  public var description: String {
    switch failure.failure.errno ?? failure.failure.callErrno {
    case .notPermitted?, .permissionDenied?: "\(failure) (CAP_NET_ADMIN is needed in the namespace)"
    case .notSupported?:
      "\(failure) (it needs Linux 5.12, whose tables go away with the program that made them)"
    default: "\(failure)"
    }
  }
}

extension NetlinkFailure {
  /// The error number of a system call that failed.
  fileprivate var callErrno: Errno? {
    if case .call(_, let errno) = self { errno } else { nil }
  }
}
