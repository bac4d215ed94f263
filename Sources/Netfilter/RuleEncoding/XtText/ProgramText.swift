import Intercept

/// The options of matches with programs, `-m u32` and `-m bpf`, as `iptables-save` prints them.
extension XtFields {
  private static var maxElements: Int { 11 }
  private static var testSize: Int { 180 }

  /// `struct xt_u32`; nil for one with more parts than it has room for.
  var u32: [String]? {
    let count = Int(byte(Self.maxElements * Self.testSize))
    let tests = (0..<count).map { u32Test($0 * Self.testSize) }
    guard count <= Self.maxElements, !tests.contains(nil) else { return nil }
    let isInverted = byte(Self.maxElements * Self.testSize + 1) != 0
    return [
      XtWords.option("u32", "\"\(tests.compactMap(\.self).joined(separator: "&&"))\"", isInverted: isInverted)
    ]
  }

  /// `struct xt_u32_test`: `0x6&0xff=0x6,0x11`.
  private func u32Test(_ start: Int) -> String? {
    let (numbers, values) = (Int(byte(start + 176)), Int(byte(start + 177)))
    guard numbers <= Self.maxElements, values <= Self.maxElements else { return nil }
    let location = (0..<numbers).map { index -> String in
      let sign = ["&", "<<", ">>", "@"][Int(byte(start + 8 * index + 4) & 3)]
      return (index == 0 ? "" : sign) + Self.hexadecimal(word(start + 8 * index))
    }
    let ranges = (0..<values).map { index -> String in
      let (first, last) = (word(start + 88 + 8 * index), word(start + 92 + 8 * index))
      return Self.hexadecimal(first) + (first == last ? "" : ":" + Self.hexadecimal(last))
    }
    return location.joined() + "=" + ranges.joined(separator: ",")
  }

  private static func hexadecimal(_ number: UInt32) -> String {
    "0x" + XtWords.hexadecimal(number, digits: 1)
  }

  /// `struct xt_bpf_info`, or `xt_bpf_info_v1`; nil for a program that is a descriptor.
  func bpf(_ revision: UInt32) -> [String]? {
    let (mode, start) = revision == 0 ? (0, 4) : (half(0), 8)
    switch mode {
    case 0:
      let count = Int(half(revision == 0 ? 0 : 2))
      guard count <= 64 else { return nil }
      let lines = (0..<count).map { index -> String in
        let place = start + 8 * index
        return "\(half(place)) \(byte(place + 2)) \(byte(place + 3)) \(word(place + 4))"
      }
      return [XtWords.option("bytecode", "\"\((["\(count)"] + lines).joined(separator: ","))\"")]
    case 1: return [XtWords.option("object-pinned", string(8, 512))]
    default: return nil
    }
  }
}
