import Intercept
import NFTables
import Netlink

/// The fields of an x_tables struct by their offsets, zero beyond its end.
struct XtFields {
  let bytes: [UInt8]
  let family: IPFamily
  /// The name of the set whose index the struct has; nil if it is not known.
  var setName: String?

  func byte(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  /// A number in host order.
  func number<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ type: Value.Type) -> Value {
    bytes.dropFirst(offset).prefix(MemoryLayout<Value>.size).exactly(type) ?? 0
  }

  func half(_ offset: Int) -> UInt16 { number(offset, UInt16.self) }
  func word(_ offset: Int) -> UInt32 { number(offset, UInt32.self) }
  func long(_ offset: Int) -> UInt64 { number(offset, UInt64.self) }

  /// An address of a `union nf_inet_addr`.
  func address(_ offset: Int) -> IPAddress {
    let size = family.addressBits / 8
    return IPAddress(
      family, bits: UInt128(bigEndianBytes: bytes.dropFirst(offset).prefix(size).padded(to: size)))
  }

  /// The number of bits set in a mask of a `union nf_inet_addr`.
  func prefixLength(_ offset: Int) -> Int { address(offset).bits.nonzeroBitCount }

  /// A string that ends at a NUL or with its array.
  func string(_ offset: Int, _ size: Int) -> String {
    String(decoding: bytes.dropFirst(offset).prefix(size).prefix { $0 != 0 }, as: UTF8.self)
  }
}

extension ArraySlice<UInt8> {
  fileprivate func padded(to size: Int) -> [UInt8] {
    self + [UInt8](repeating: 0, count: Swift.max(0, size - count))
  }
}

/// The words of an option as `iptables-save` prints them.
enum XtWords {
  /// `--name value`, with `! ` before it if inverted.
  static func option(_ name: String, _ value: String = "", isInverted: Bool = false) -> String {
    (isInverted ? "! " : "") + "--\(name)" + (value.isEmpty ? "" : " \(value)")
  }

  /// `80`, or `80:90`.
  static func range<Value: BinaryInteger>(_ first: Value, _ last: Value) -> String {
    first == last ? "\(first)" : "\(first):\(last)"
  }

  /// A string in quotation marks if it has other characters than those of a name.
  static func quoted(_ text: String) -> String {
    let isPlain = !text.isEmpty && text.utf8.allSatisfy { $0 > 32 && $0 != 34 && $0 != 39 && $0 != 92 }
    if isPlain { return text }
    return inQuotes(text)
  }

  /// A string in quotation marks.
  static func inQuotes(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  /// A number in hexadecimal digits, at least so many.
  static func hexadecimal(_ number: some BinaryInteger, digits: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}

extension XtExtension {
  /// The kernel accepts the struct of an extension only with its padding (XT_ALIGN).
  private static var alignment: Int { 8 }

  /// Name, options as `iptables-save` prints them; the size of the options where they are not known. Equal texts mean
  /// equal options: a checksum follows the size.
  ///
  /// - Parameter options: the options; nil if they are not known.
  func iptablesText(_ options: [String]?) -> String {
    guard let options, info.count.isMultiple(of: Self.alignment) else {
      let sum = info.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
      return "\(name) [\(info.count) bytes, checksum \(XtWords.hexadecimal(sum, digits: 8))]"
    }
    return ([name] + options.filter { !$0.isEmpty }).joined(separator: " ")
  }
}
