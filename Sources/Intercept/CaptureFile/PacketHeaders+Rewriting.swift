import NetworkValues
import PacketTrace

extension PacketHeaders {
  /// Replaces the destination and corrects the checksums.
  ///
  /// A correct checksum stays correct, and so does one that the network card was to complete. A wrong one stays wrong:
  /// it is updated as RFC 1624 describes.
  ///
  /// - Parameters:
  ///   - end: the new destination, of the packet's family; one of the other family changes nothing.
  ///   - bytes: the captured bytes that these headers were read from.
  func setDestination(_ end: Endpoint, in bytes: inout [UInt8]) {
    guard end.address.family == family else { return }
    let isComplete = self.end <= bytes.count
    let isSound = isComplete && hasSoundChecksum(bytes)
    let width = family.addressBits / 8
    let old = destination.address.bits.bigEndianBytes(width)
    let new = end.address.bits.bigEndianBytes(width)
    bytes.replaceSubrange(addressRange, with: new)
    let port = UInt128(end.port.rawValue).bigEndianBytes(2)
    bytes.replaceSubrange((transport + 2)..<(transport + 4), with: port)
    if family == .ipv4 { bytes.updateChecksum(at: network + 10, from: old, to: new) }
    guard !isUncheckedUDP(bytes) else { return }
    if isSound {
      writeChecksum(in: &bytes)
    } else {
      let oldPort = UInt128(destination.port.rawValue).bigEndianBytes(2)
      bytes.updateChecksum(at: checksum, from: old + oldPort, to: new + port)
    }
  }

  private var addressRange: Range<Int> {
    family == .ipv4 ? (network + 16)..<(network + 20) : (network + 24)..<(network + 40)
  }

  /// Position of the checksum of TCP or UDP.
  private var checksum: Int { transport + (proto == .tcp ? 16 : 6) }

  /// True for UDP over IPv4 without a checksum.
  private func isUncheckedUDP(_ bytes: [UInt8]) -> Bool {
    proto == .udp && family == .ipv4 && captured(bytes) && ByteOrder.big.uint16(bytes, checksum) == 0
  }

  private func captured(_ bytes: [UInt8]) -> Bool { checksum + 2 <= bytes.count }

  /// True if the checksum is correct, or the sum of the pseudo-header that Linux leaves to the network card.
  private func hasSoundChecksum(_ bytes: [UInt8]) -> Bool {
    let sum = pseudoHeaderSum(bytes)
    return sum.adding(bytes[transport..<end]).folded == 0xffff
      || ByteOrder.big.uint16(bytes, checksum) == sum.folded
  }

  private func writeChecksum(in bytes: inout [UInt8]) {
    bytes[checksum] = 0
    bytes[checksum + 1] = 0
    let sum = ~pseudoHeaderSum(bytes).adding(bytes[transport..<end]).folded
    bytes.replace(at: checksum, with: proto == .udp && sum == 0 ? 0xffff : sum)
  }

  private func pseudoHeaderSum(_ bytes: [UInt8]) -> ChecksumSum {
    let width = family.addressBits / 8
    let addresses = bytes[(addressRange.lowerBound - width)..<addressRange.upperBound]
    return ChecksumSum().adding(addresses).adding(UInt64(proto.rawValue)).adding(UInt64(end - transport))
  }
}

/// A sum of 16-bit words in ones' complement (RFC 1071).
private struct ChecksumSum {
  private var sum: UInt64 = 0

  func adding(_ bytes: ArraySlice<UInt8>) -> ChecksumSum {
    var result = self
    var position = bytes.startIndex
    while position + 1 < bytes.endIndex {
      result.sum += UInt64(bytes[position]) << 8 | UInt64(bytes[position + 1])
      position += 2
    }
    if position < bytes.endIndex { result.sum += UInt64(bytes[position]) << 8 }
    return result
  }

  func adding(_ number: UInt64) -> ChecksumSum {
    var result = self
    result.sum += number
    return result
  }

  var folded: UInt16 {
    var sum = sum
    while sum > 0xffff { sum = sum >> 16 + sum & 0xffff }
    return UInt16(truncatingIfNeeded: sum)
  }
}

extension [UInt8] {
  /// Updates a checksum for words that changed (RFC 1624, equation 3).
  fileprivate mutating func updateChecksum(at position: Int, from old: [UInt8], to new: [UInt8]) {
    guard position + 2 <= count else { return }
    let inverted = old.map { ~$0 }
    let sum = ChecksumSum().adding(UInt64(~ByteOrder.big.uint16(self, position)))
      .adding(inverted[...]).adding(new[...])
    replace(at: position, with: ~sum.folded)
  }

  fileprivate mutating func replace(at position: Int, with word: UInt16) {
    self[position] = UInt8(truncatingIfNeeded: word >> 8)
    self[position + 1] = UInt8(truncatingIfNeeded: word)
  }
}
