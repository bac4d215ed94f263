import CNetfilter
public import Netlink

/// An encoded batch, and the entries that the kernel's answers refer to.
package struct FinishedBatch: ~Copyable, Sendable {
  /// One datagram.
  package let bytes: [UInt8]
  private let entries: [BatchEntry]
  private let endSequence: UInt32

  init(bytes: [UInt8], entries: [BatchEntry], endSequence: UInt32) {
    self.bytes = bytes
    self.entries = entries
    self.endSequence = endSequence
  }

  /// Number of messages that may be answered.
  var answers: Int { entries.count }

  var isEmpty: Bool { entries.count <= 1 }

  private var firstSequence: UInt32 { endSequence &- UInt32(entries.count) }

  /// The meaning of an acknowledgement for this batch; nil if it answers another request.
  func answer(_ acknowledgement: Acknowledgement) -> Answer? {
    let index = Int(acknowledgement.sequence &- firstSequence)
    guard entries.indices.contains(index) else { return nil }
    let error = acknowledgement.failure.map { entries[index].error(withCulprit($0, index)) }
    // An error to the opening message concerns the whole batch, and no further answers may follow.
    return Answer(error: error, isLast: index == 0 || index == entries.count - 1)
  }

  struct Answer {
    var error: NetlinkError?
    var isLast: Bool
  }

  /// Adds the text of the offending attribute to a refusal.
  private func withCulprit(_ failure: NetlinkFailure, _ index: Int) -> NetlinkFailure {
    guard case .refused(let errno, var words?) = failure, let offset = words.offset else { return failure }
    words.culprit = text(ofAttributeAt: entries[index].start + Int(offset))
    return .refused(errno, words)
  }

  private func text(ofAttributeAt offset: Int) -> String? {
    guard bytes.indices.contains(offset) else { return nil }
    var attributes = AttributeReader(bytes[offset...])
    guard let attribute = try? attributes.next() else { return nil }
    return attribute.readableText ?? attribute.expressionName
  }
}

extension NetlinkAttribute {
  /// The payload as text, if it is printable ASCII that ends with a NUL.
  fileprivate var readableText: String? {
    guard payload.last == 0 else { return nil }
    let text = payload.dropLast()
    let isReadable = !text.isEmpty && text.allSatisfy { (0x20..<0x7f).contains($0) }
    return isReadable ? string : nil
  }

  /// The name of the expression in an element of a rule's list, with the extension's name for those of
  /// x_tables: `match owner`.
  fileprivate var expressionName: String? {
    guard let element = try? nested(), let name = element[NFTA_EXPR_NAME]?.readableText else { return nil }
    let data = try? element[NFTA_EXPR_DATA]?.nested()
    switch name {
    case "match": return data?[NFTA_MATCH_NAME]?.readableText.map { "match \($0)" } ?? name
    case "target": return data?[NFTA_TARGET_NAME]?.readableText.map { "target \($0)" } ?? name
    default: return name
    }
  }
}

extension NetlinkTransport where Self: ~Copyable {
  /// Sends a batch and waits for the kernel's answers.
  ///
  /// Returns only if the kernel has confirmed that the whole batch was committed (or, without an end, is
  /// valid). An empty batch is not sent.
  package mutating func commit(_ batch: consuming FinishedBatch) throws(BatchError) {
    if batch.isEmpty { return }
    do throws(NetlinkFailure) {
      try reserve(sending: batch.bytes.count, replies: batch.answers)
      try send(batch.bytes)
    } catch {
      throw BatchError(NetlinkError("send batch", "", error))
    }
    if let error = BatchError(failures(of: batch)) { throw error }
  }

  private mutating func failures(of batch: borrowing FinishedBatch) -> [NetlinkError] {
    var failures: [NetlinkError] = []
    while true {
      do throws(NetlinkFailure) {
        for message in try messages() {
          guard let acknowledgement = try Acknowledgement(message) else { continue }
          guard let answer = batch.answer(acknowledgement) else { continue }
          if let error = answer.error { failures.append(error) }
          if answer.isLast { return failures }
        }
      } catch {
        return failures + [NetlinkError("read the answers to a batch", "", error)]
      }
    }
  }
}

/// The reasons that a batch was not committed. Nothing has changed, unless one of the failures leaves the
/// outcome open.
public struct BatchError: Error, Hashable, Sendable {
  /// The failures in the order of the messages; at least one.
  public let failures: [NetlinkError]

  package init(_ first: NetlinkError, _ others: [NetlinkError] = []) { failures = [first] + others }

  /// Nil if there is no failure.
  package init?(_ failures: [NetlinkError]) {
    guard !failures.isEmpty else { return nil }
    self.failures = failures
  }

  /// True if the rule set has changed since the batch was planned: read it and plan again.
  public var isStaleGeneration: Bool { failures.contains { $0.failure.isStaleGeneration } }

  /// True if the batch may have been committed nevertheless.
  public var leavesOutcomeOpen: Bool { failures.contains { $0.failure.leavesOutcomeOpen } }
}

extension BatchError: CustomStringConvertible {
  /// One line per failure. After the first ten only their number: a missing table fails every rule in it.
  public var description: String {
    let shown = failures.prefix(10).map(\.description)
    let hidden = failures.count - shown.count
    let lines = hidden == 0 ? shown : shown + ["and \(hidden) more"]
    return lines.joined(separator: "\n")
  }
}
