import CNetfilter

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
