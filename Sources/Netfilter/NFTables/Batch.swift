import CNetfilter
import Glibc
import SystemPackage

/// Messages of nf_tables, of any families, that the kernel carries out together or not at all.
///
/// A batch is written, then finished, then committed; each step consumes the one before it.
package struct Batch: ~Copyable {
  private var bytes: [UInt8] = []
  private var entries: [BatchEntry] = []
  private var nextSequence: UInt32
  private let scratch = MessageScratch()

  /// Begins a batch.
  ///
  /// - Parameters:
  ///   - generation: the state that the batch was planned for; the kernel refuses it in any other. Nil means
  ///     any state will do.
  ///   - firstSequence: of the opening message; the others count up from it.
  package init(for generation: Generation? = nil, firstSequence: UInt32? = nil) {
    nextSequence = firstSequence ?? .freshSequence
    var opening = Self.edge(NFNL_MSG_BATCH_BEGIN, [.request], nextSequence)
    if let generation { opening.put(NFNL_BATCH_GENID, big32: generation.rawValue) }
    append(opening.bytes, BatchEntry("begin batch") { "" })
  }

  package var isEmpty: Bool { entries.count == 1 }

  /// How many messages were added.
  package var count: Int { entries.count - 1 }

  /// Adds one message.
  ///
  /// - Parameters:
  ///   - operation: what it does, for errors: "add rule".
  ///   - object: what it does it to, for errors.
  ///   - attributes: writes the attributes with libnftnl.
  mutating func add(
    _ type: nf_tables_msg_types, _ family: TableFamily, _ flags: NetlinkFlags, _ entry: BatchEntry,
    attributes: (UnsafeMutablePointer<nlmsghdr>) -> Void
  ) throws(NetlinkFailure) {
    let flags = flags.union(.request)
    let message = unsafe try scratch.message(
      type, family, flags, sequence: nextSequence, attributes: attributes)
    append(message, entry)
  }

  private mutating func append(_ message: [UInt8], _ entry: BatchEntry) {
    var entry = entry
    entry.start = bytes.count
    entries.append(entry)
    bytes += message
    nextSequence &+= 1
  }

  /// Closes the batch: committed, it takes effect.
  package consuming func finish() -> FinishedBatch {
    acknowledgeLast()
    let closing = Self.edge(NFNL_MSG_BATCH_END, [.request], nextSequence)
    return FinishedBatch(bytes: bytes + closing.bytes, entries: entries, endSequence: nextSequence)
  }

  /// Leaves the batch open: committed, the kernel checks it message by message and then drops it all.
  package consuming func finishWithoutEnd() -> FinishedBatch {
    acknowledgeLast()
    return FinishedBatch(bytes: bytes, entries: entries, endSequence: nextSequence)
  }

  /// The kernel holds all answers back until it has committed or given up, and then sends them in order, so
  /// that one positive answer to the last message, with no error before it, speaks for all. (An answer to the
  /// closing message exists only since Linux 6.10.)
  private mutating func acknowledgeLast() {
    guard let start = entries.last?.start, var header = bytes[start...].load(nlmsghdr.self) else { return }
    header.nlmsg_flags |= NetlinkFlags.acknowledge.rawValue
    var replacement: [UInt8] = []
    replacement.append(bytesOf: header)
    bytes.replaceSubrange(start..<start + replacement.count, with: replacement)
  }

  private static func edge(_ type: Int32, _ flags: NetlinkFlags, _ sequence: UInt32) -> MessageBuilder {
    var message = MessageBuilder(type: UInt16(type), flags: flags, sequence: sequence)
    let subsystem = UInt16(NFNL_SUBSYS_NFTABLES)
    message.put(header: nfgenmsg(nfgen_family: 0, version: 0, res_id: subsystem.bigEndian))
    return message
  }
}

/// What a message is about, for errors. Hardly ever asked for, and a text takes long to make.
package typealias BatchLabel = @Sendable () -> String

/// What a message of a batch is, to say so should the kernel refuse it.
struct BatchEntry: Sendable {
  let operation: String
  private let object: BatchLabel
  /// Where the message begins in the batch, in bytes.
  var start = 0

  init(_ operation: String, _ object: @escaping BatchLabel) {
    self.operation = operation
    self.object = object
  }

  func error(_ failure: NetlinkFailure) -> NetlinkError { NetlinkError(operation, object(), failure) }

  /// Runs `body` and says, should it fail, what was being attempted.
  func naming<Result>(_ body: () throws(NetlinkFailure) -> Result) throws(NetlinkError) -> Result {
    try NetlinkError.naming(operation, object(), body)
  }
}

/// Memory in which libnftnl writes one message. It writes without looking for the end: callers see to it
/// that no message comes near the size of this.
@safe struct MessageScratch: ~Copyable {
  private let memory: UnsafeMutableRawPointer?

  /// An attribute counts 64 KiB at most, and no message has two large ones.
  private static var size: Int { 1 << 17 }

  /// Memory of zeros, of which the kernel gives only what is written to.
  init() { unsafe memory = calloc(1, Self.size) }

  deinit { unsafe free(memory) }

  /// The bytes of a message of nf_tables whose attributes `attributes` writes.
  func message(
    _ type: nf_tables_msg_types, _ family: TableFamily, _ flags: NetlinkFlags, sequence: UInt32,
    attributes: (UnsafeMutablePointer<nlmsghdr>) -> Void
  ) throws(NetlinkFailure) -> [UInt8] {
    guard let memory = unsafe memory else { throw .call("calloc", .noMemory) }
    let start = unsafe memory.assumingMemoryBound(to: CChar.self)
    let kind = UInt16(truncatingIfNeeded: type.rawValue)
    guard
      let header = unsafe nftnl_nlmsg_build_hdr(
        start, kind, UInt16(family.rawValue), flags.rawValue, sequence)
    else { throw .call("nftnl_nlmsg_build_hdr", .current) }
    unsafe attributes(header)
    let message = unsafe UnsafeMutableRawBufferPointer(start: memory, count: Int(header.pointee.nlmsg_len))
    // libmnl writes no padding: it must be zero already when the next message comes.
    defer { unsafe message.initializeMemory(as: UInt8.self, repeating: 0) }
    return unsafe Array(message)
  }
}
