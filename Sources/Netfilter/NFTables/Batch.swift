import CNetfilter
import Glibc
import Netlink
import SystemPackage

/// A transaction of nf_tables: messages of any families that the kernel carries out together or not at all.
///
/// A batch is written, then finished, then committed; each step consumes the one before it.
package struct Batch: ~Copyable {
  private var bytes: [UInt8] = []
  private var entries: [BatchEntry] = []
  private var nextSequence: UInt32

  /// Begins a batch.
  ///
  /// - Parameters:
  ///   - generation: the generation that the batch was planned for; the kernel refuses the batch in any other
  ///     (NFNL_BATCH_GENID). Nil accepts any.
  ///   - firstSequence: of the opening message; the others count up from it.
  package init(for generation: Generation? = nil, firstSequence: UInt32? = nil) {
    nextSequence = firstSequence ?? .freshSequence
    var opening = Self.edge(NFNL_MSG_BATCH_BEGIN, nextSequence)
    if let generation { opening.put(NFNL_BATCH_GENID, big32: generation.rawValue) }
    append(opening.bytes, BatchEntry("begin batch") { "" })
  }

  package var isEmpty: Bool { entries.count == 1 }

  /// Number of messages added.
  package var count: Int { entries.count - 1 }

  /// Adds one message.
  ///
  /// - Parameters:
  ///   - entry: the operation and its object, for errors.
  ///   - attributes: writes the attributes.
  mutating func add(
    _ type: nf_tables_msg_types, _ family: TableFamily, _ flags: NetlinkFlags, _ entry: BatchEntry,
    attributes: (inout MessageBuilder) throws(NetlinkFailure) -> Void
  ) throws(NetlinkFailure) {
    var message = Self.message(Int32(type.rawValue), family, flags, nextSequence)
    try attributes(&message)
    append(message.bytes, entry)
  }

  private mutating func append(_ message: [UInt8], _ entry: BatchEntry) {
    var entry = entry
    entry.start = bytes.count
    entries.append(entry)
    bytes += message
    nextSequence &+= 1
  }

  /// Closes the batch, so that a commit takes effect.
  package consuming func finish() -> FinishedBatch {
    acknowledgeLast()
    let closing = Self.edge(NFNL_MSG_BATCH_END, nextSequence)
    return FinishedBatch(bytes: bytes + closing.bytes, entries: entries, endSequence: nextSequence)
  }

  /// Leaves the batch without its end: the kernel checks every message and then discards them all.
  package consuming func finishWithoutEnd() -> FinishedBatch {
    acknowledgeLast()
    return FinishedBatch(bytes: bytes, entries: entries, endSequence: nextSequence)
  }

  /// Requests an acknowledgement of the last message. The kernel sends all answers in order after it has
  /// committed or aborted, so a positive one to the last message, with no error before it, confirms the whole
  /// batch. (The closing message is acknowledged only since Linux 6.10.)
  private mutating func acknowledgeLast() {
    guard let start = entries.last?.start, var header = bytes[start...].load(nlmsghdr.self) else { return }
    header.nlmsg_flags |= NetlinkFlags.acknowledge.rawValue
    var replacement: [UInt8] = []
    replacement.append(bytesOf: header)
    bytes.replaceSubrange(start..<start + replacement.count, with: replacement)
  }

  /// The start of a message of nf_tables.
  private static func message(
    _ type: Int32, _ family: TableFamily, _ flags: NetlinkFlags, _ sequence: UInt32
  ) -> MessageBuilder {
    let kind = UInt16(NFNL_SUBSYS_NFTABLES) << 8 | UInt16(truncatingIfNeeded: type)
    var message = MessageBuilder(type: kind, flags: flags, sequence: sequence)
    message.put(header: nfgenmsg(nfgen_family: family.rawValue, version: 0, res_id: 0))
    return message
  }

  private static func edge(_ type: Int32, _ sequence: UInt32) -> MessageBuilder {
    var message = MessageBuilder(type: UInt16(type), sequence: sequence)
    let subsystem = UInt16(NFNL_SUBSYS_NFTABLES)
    message.put(header: nfgenmsg(nfgen_family: 0, version: 0, res_id: subsystem.bigEndian))
    return message
  }
}

/// The object of a message, for errors. A closure, since texts are slow to make and rarely needed.
package typealias BatchLabel = @Sendable () -> String

/// Operation, object and position of one message of a batch, for errors.
struct BatchEntry: Sendable {
  let operation: String
  private let object: BatchLabel
  /// The offset of the message in the batch, in bytes.
  var start = 0

  init(_ operation: String, _ object: @escaping BatchLabel) {
    self.operation = operation
    self.object = object
  }

  func error(_ failure: NetlinkFailure) -> NetlinkError { NetlinkError(operation, object(), failure) }

  /// Runs `body` and names the operation and its object in an error.
  func naming<Result>(_ body: () throws(NetlinkFailure) -> Result) throws(NetlinkError) -> Result {
    try NetlinkError.naming(operation, object(), body)
  }
}
