/// An IPv4 address.
///
/// The corresponding C type is `struct in_addr`.
public struct IPv4Address: Hashable, Sendable {
  /// The address in host order: 127.0.0.1 is 0x7f000001.
  public var bits: UInt32

  public init(bits: UInt32) {
    self.bits = bits
  }

  /// Makes the address `a.b.c.d`.
  public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) {
    bits = UInt32(a) << 24 | UInt32(b) << 16 | UInt32(c) << 8 | UInt32(d)
  }
}

extension IPv4Address: LosslessStringConvertible {
  /// Reads four decimal numbers. Short forms (`10.1`) and octal numbers (`010.0.0.1`) are refused, as by `inet_pton`
  /// and Go.
  public init?(_ description: String) {
    self.init(description.utf8.span)
  }

  /// Reads four decimal numbers from bytes.
  init?(_ text: Span<UInt8>) {
    var (bits, byte): (UInt32, UInt32) = (0, 0)
    var (dots, digits) = (0, 0)
    for index in text.indices {
      let character = text[index]
      switch character {
      case .digitZero ... .digitNine:
        byte = byte * 10 + UInt32(character - .digitZero)
        digits += 1
        // A digit after a leading zero would be octal.
        guard byte <= 255, digits == 1 || byte >= 10 else { return nil }
      case .period:
        guard digits > 0, dots < 3 else { return nil }
        (bits, byte) = (bits << 8 | byte, 0)
        (dots, digits) = (dots + 1, 0)
      default: return nil
      }
    }
    guard dots == 3, digits > 0 else { return nil }
    self.bits = bits << 8 | byte
  }

  public var description: String { text(prefixLength: nil) }

  /// The address, followed by a prefix length if there is one.
  func text(prefixLength: UInt8?) -> String {
    // Written digit by digit for speed: dumps and reasons have thousands of addresses.
    let longest = prefixLength == nil ? "255.255.255.255" : "255.255.255.255/32"
    return String(unsafeUninitializedCapacity: longest.utf8.count) { text in
      var end = 0
      for shift in stride(from: 24, through: 0, by: -8) {
        if shift < 24 { text.append(.period, at: &end) }
        text.append(decimal: UInt8(truncatingIfNeeded: bits >> shift), at: &end)
      }
      if let prefixLength {
        text.append(.slash, at: &end)
        text.append(decimal: prefixLength, at: &end)
      }
      return end
    }
  }
}

extension UnsafeMutableBufferPointer<UInt8> {
  fileprivate func append(_ byte: UInt8, at end: inout Int) {
    self[end] = byte
    end += 1
  }

  fileprivate func append(decimal number: UInt8, at end: inout Int) {
    if number >= 10 { append(decimal: number / 10, at: &end) }
    append(.digitZero + number % 10, at: &end)
  }
}
