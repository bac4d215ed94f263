import Intercept
import NFTables
import Netlink

extension MarkMatch {
  /// The comparison of the packet's mark, in host order.
  var fieldTest: FieldComparison {
    let mask = mark.value.mask
    return FieldComparison(
      .meta(.mark), mask: mask == .allBits ? nil : mask.hostBytes,
      .equal(mark.map { $0.value.hostBytes }))
  }

  init?(_ test: FieldComparison) {
    guard test.field == .meta(.mark), let bytes = test.comparison?.equality,
      let value = Mark(hostBytes: bytes.value), let mask = test.mask.map(Mark.init(hostBytes:)) ?? .allBits
    else { return nil }
    self.init(bytes.map { _ in MaskedMark(value, mask: mask) })
  }
}

/// The encoding of a mark in a register.
extension Mark {
  var hostBytes: [UInt8] { [UInt8](bytesOf: rawValue) }

  init?(hostBytes: [UInt8]) {
    guard let value = hostBytes[...].exactly(UInt32.self) else { return nil }
    self.init(rawValue: value)
  }
}
