import CNetfilter
import Glibc
public import Intercept
import KernelRules
import NFTables
public import Netlink
import SystemPackage

/// A session that traces connections through the rules of a network namespace, as they happen.
///
/// It adds a table that sets `meta nftrace` and no verdict. The kernel removes the table at the end of this value or
/// of the process.
public struct KernelTraceSession: ~Copyable {
  private let nftraceTable: NftraceTable
  private var connection: KernelConnection
  private var listener: NetlinkSocket
  private var snapshot: RulesetSnapshot
  private var collector: TraceCollector
  private var traces: [KernelPacketTrace] = []
  /// True if the kernel's queue of trace events has overflowed: a connection may have been missed.
  public private(set) var hasLostEvents = false

  /// The result of waiting.
  public enum Outcome: Hashable, Sendable {
    case trace(KernelPacketTrace)
    /// No trace until the deadline.
    case timeout
    /// The stop descriptor became readable.
    case stopped
  }

  private init(
    _ nftraceTable: NftraceTable, _ connection: consuming KernelConnection,
    _ listener: consuming NetlinkSocket,
    _ snapshot: RulesetSnapshot
  ) {
    self.nftraceTable = nftraceTable
    self.connection = connection
    self.listener = listener
    self.snapshot = snapshot
    collector = TraceCollector(nftraceTable.traced.flow.proto, nftraceTable: nftraceTable.table.name)
  }

  /// Starts a session in the thread's network namespace.
  public static func begin(_ traced: TracedConnection) throws(KernelTraceSessionError) -> KernelTraceSession {
    do throws(NetlinkError) {
      let nftraceTable = NftraceTable(traced)
      let listener = try listener()
      var connection = try KernelConnection.open()
      try put(nftraceTable, into: &connection)
      let snapshot = try connection.rulesetSnapshot(nftraceTable.traced.family)
      return KernelTraceSession(nftraceTable, connection, listener, snapshot)
    } catch {
      throw KernelTraceSessionError(error)
    }
  }

  private static func listener() throws(NetlinkError) -> NetlinkSocket {
    try NetlinkError.naming("listen to nf_tables' tracing") { () throws(NetlinkFailure) in
      var socket = try NetlinkSocket.open(.netfilter)
      try socket.join(UInt32(NFNLGRP_NFTRACE.rawValue))
      // Other programs may trace far more packets.
      try socket.reserve(sending: 0, replies: 1000)
      return socket
    }
  }

  private static func put(_ nftraceTable: NftraceTable, into connection: inout KernelConnection)
    throws(NetlinkError)
  {
    let batch = try nftraceTable.batch().finish()
    do throws(BatchError) {
      try connection.commit(batch)
    } catch {
      throw error.failures[0]
    }
  }

  /// Waits for the complete trace of a connection's first packet.
  ///
  /// - Parameters:
  ///   - deadline: the time limit.
  ///   - stop: a descriptor that ends the wait when it becomes readable; -1 for none.
  public mutating func next(
    by deadline: ContinuousClock.Instant, stop: Int32 = -1
  ) throws(KernelTraceSessionError) -> Outcome {
    do throws(NetlinkError) {
      while traces.isEmpty {
        let now = ContinuousClock.now
        guard now < deadline else { return .timeout }
        var polled = [listener.descriptor, stop].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // Pending traces are checked for timeout.
        let left =
          min(deadline - now, collector.isBusy ? .milliseconds(100) : .seconds(3600)) / .milliseconds(1)
        _ = unsafe poll(&polled, 2, Int32(left + 1))
        if polled[1].revents != 0 { return .stopped }
        if polled[0].revents != 0 { try readEvents() }
        for trace in collector.lost() { try finish(trace) }
      }
      return .trace(traces.removeFirst())
    } catch {
      throw KernelTraceSessionError(error)
    }
  }

  private mutating func readEvents() throws(NetlinkError) {
    let messages: [NetlinkMessage]
    do throws(NetlinkFailure) {
      messages = try NetlinkMessage.messages(in: listener.receive())
    } catch {
      if error == .repliesLost {
        hasLostEvents = true
        return
      }
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
    if event.headers != nil, snapshot.hooks[event.chain] == nil {
      snapshot = try connection.rulesetSnapshot(nftraceTable.traced.family)
    }
    if let trace = collector.add(event, snapshot) { try finish(trace) }
  }

  /// Completes a trace with the rules of the current generation.
  private mutating func finish(_ trace: PendingTrace) throws(NetlinkError) {
    if try connection.generation() != snapshot.generation {
      snapshot = try connection.rulesetSnapshot(nftraceTable.traced.family)
    }
    let comments = try comments(trace)
    traces.append(
      KernelPacketTrace(
        trace, snapshot, comments: comments, nftraceTable: nftraceTable.table.name))
  }

  /// The comments of rules in tables other than those of iptables.
  private mutating func comments(_ trace: PendingTrace) throws(NetlinkError) -> [Handle: String] {
    var comments: [Handle: String] = [:]
    let chains = Set(trace.traversals.flatMap { $0.events.map(\.chain) })
    for chain in chains where snapshot.table(of: chain) == nil && chain.table != nftraceTable.table.name {
      for rule in try rules(of: chain) {
        guard let handle = rule.handle, let comment = RuleComment(userdata: rule.userdata) else { continue }
        comments[handle] = comment.text
      }
    }
    return comments
  }
}

extension KernelTraceSession {
  /// The rules of a chain; none if the chain is gone.
  private mutating func rules(of chain: ChainKey) throws(NetlinkError) -> [RawRule] {
    do throws(NetlinkError) {
      return try connection.rules(chain.family, table: chain.table, chain: chain.name)
    } catch {
      guard error.failure.errno == .noSuchFileOrDirectory else { throw error }
      return []
    }
  }
}

/// The reason kernel tracing could not be started or read.
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
      "\(failure) (tables with an owner need Linux 5.12)"
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
