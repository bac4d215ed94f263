import CNetfilter

/// A batch that has become bytes, and what is needed to understand the kernel's answers to it.
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

  /// How many messages may be answered.
  var answers: Int { entries.count }

  var isEmpty: Bool { entries.count <= 1 }

  private var firstSequence: UInt32 { endSequence &- UInt32(entries.count) }

  /// What an answer says about this batch; nil if it is to another request.
  func answer(_ acknowledgement: Acknowledgement) -> Answer? {
    let index = Int(acknowledgement.sequence &- firstSequence)
    guard entries.indices.contains(index) else { return nil }
    let error = acknowledgement.failure.map { entries[index].error(withCulprit($0, index)) }
    // What the kernel says to the opening message it says of the batch as a whole, and the rest may never come.
    return Answer(error: error, isLast: index == 0 || index == entries.count - 1)
  }

  struct Answer {
    var error: NetlinkError?
    var isLast: Bool
  }

  /// Completes a refusal with the text of the attribute that the kernel points at.
  private func withCulprit(_ failure: NetlinkFailure, _ index: Int) -> NetlinkFailure {
    guard case .refused(let errno, var words?) = failure, let offset = words.offset else { return failure }
    words.culprit = text(ofAttributeAt: entries[index].start + Int(offset))
    return .refused(errno, words)
  }

  private func text(ofAttributeAt offset: Int) -> String? {
    guard bytes.indices.contains(offset) else { return nil }
    var rest = bytes[offset...]
    guard let attribute = try? NetlinkAttribute(takenFrom: &rest) else { return nil }
    return attribute.readableText ?? attribute.expressionName
  }
}

extension NetlinkAttribute {
  /// The text, if it is one that ends with a NUL and can be shown.
  fileprivate var readableText: String? {
    guard payload.last == 0 else { return nil }
    let text = payload.dropLast()
    let isReadable = !text.isEmpty && text.allSatisfy { (0x20..<0x7f).contains($0) }
    return isReadable ? string : nil
  }

  /// Of an element of a rule's list of expressions: what the expression is called, of those of x_tables also
  /// which extension it is, as in `match owner`.
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
