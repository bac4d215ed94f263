/// An IPv4 address (`struct in_addr`).
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
  /// Reads four decimal numbers. Short forms (`10.1`) and octal ones (`010.0.0.1`) are refused, as Go and
  /// `inet_pton` refuse them.
  public init?(_ description: String) {
    self.init(description.utf8.span)
  }

  /// Reads the same from bytes.
  init?(_ text: Span<UInt8>) {
    var (bits, byte): (UInt32, UInt32) = (0, 0)
    var (dots, digits) = (0, 0)
    for index in text.indices {
      let character = text[index]
      switch character {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        byte = byte * 10 + UInt32(character - UInt8(ascii: "0"))
        digits += 1
        // A second digit behind a zero would be an octal number.
        guard byte <= 255, digits == 1 || byte >= 10 else { return nil }
      case UInt8(ascii: "."):
        guard digits > 0, dots < 3 else { return nil }
        (bits, byte) = (bits << 8 | byte, 0)
        (dots, digits) = (dots + 1, 0)
      default: return nil
      }
    }
    guard dots == 3, digits > 0 else { return nil }
    self.bits = bits << 8 | byte
  }

  public var description: String { text(mask: nil) }

  /// The address, with the length of a mask behind it if there is one.
  func text(mask prefixLength: UInt8?) -> String {
    // Digit by digit: dumps and reasons have thousands of addresses.
    let longest = prefixLength == nil ? "255.255.255.255" : "255.255.255.255/32"
    return String(unsafeUninitializedCapacity: longest.utf8.count) { text in
      var end = 0
      for shift in stride(from: 24, through: 0, by: -8) {
        if shift < 24 { text.append(UInt8(ascii: "."), at: &end) }
        text.append(decimal: UInt8(truncatingIfNeeded: bits >> shift), at: &end)
      }
      if let prefixLength {
        text.append(UInt8(ascii: "/"), at: &end)
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
    append(UInt8(ascii: "0") + number % 10, at: &end)
  }
}
