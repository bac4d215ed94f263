/// Integers in the bytes of captures and packets.
///
/// Captures have the byte order of the machine that wrote them, packets have network byte order.
enum ByteOrder: Hashable, Sendable {
  case little, big

  func uint16(_ bytes: [UInt8], _ position: Int) -> UInt16 {
    let (first, second) = (UInt16(bytes[position]), UInt16(bytes[position + 1]))
    return self == .big ? first << 8 | second : second << 8 | first
  }

  func uint32(_ bytes: [UInt8], _ position: Int) -> UInt32 {
    let (first, second) = (UInt32(uint16(bytes, position)), UInt32(uint16(bytes, position + 2)))
    return self == .big ? first << 16 | second : second << 16 | first
  }

  func uint64(_ bytes: [UInt8], _ position: Int) -> UInt64 {
    let (first, second) = (UInt64(uint32(bytes, position)), UInt64(uint32(bytes, position + 4)))
    return self == .big ? first << 32 | second : second << 32 | first
  }
}

extension [UInt8] {
  mutating func append(little value: UInt16) {
    append(UInt8(truncatingIfNeeded: value))
    append(UInt8(truncatingIfNeeded: value >> 8))
  }

  mutating func append(little value: UInt32) {
    append(little: UInt16(truncatingIfNeeded: value))
    append(little: UInt16(truncatingIfNeeded: value >> 16))
  }

  /// Fills the last group of four bytes with zeros.
  mutating func pad() {
    while count % 4 != 0 { append(0) }
  }
}
