/// The mark of a packet or connection (`skb->mark`, `ct->mark`), in host order.
public struct Mark: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral {
  public let rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  public init(integerLiteral value: UInt32) {
    self.init(rawValue: value)
  }

  /// Every bit set: the mask of a comparison of all bits.
  public static let allBits = Mark(rawValue: .max)
}

extension Mark: CustomStringConvertible {
  /// The mark as `iptables` writes it: `0x539`.
  public var description: String { "0x" + String(rawValue, radix: 16) }
}

/// A mark and the mask of the bits that are compared or changed.
public struct MaskedMark: Hashable, Sendable {
  public let value: Mark
  public let mask: Mark

  public init(_ value: Mark, mask: Mark = .allBits) {
    self.value = value
    self.mask = mask
  }

  /// True if a packet's mark equals this one in the bits of the mask.
  public func matches(_ mark: Mark) -> Bool { mark.rawValue & mask.rawValue == value.rawValue }

  /// `0x539`, or `0x539/0xfff` if the mask lacks bits; the form of matches.
  public var text: String { mask == .allBits ? value.description : fullText }

  /// `0x539/0xffffffff`, always with the mask; the form of targets.
  public var fullText: String { "\(value)/\(mask)" }
}
