/// A packet's or connection's mark (`skb->mark`, `ct->mark`), in host order.
public struct Mark: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral {
  public let rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  public init(integerLiteral value: UInt32) {
    self.init(rawValue: value)
  }

  /// Every bit set: the mask that leaves nothing out.
  public static let allBits = Mark(rawValue: .max)
}

extension Mark: CustomStringConvertible {
  /// The mark as `iptables` writes it: `0x539`.
  public var description: String { "0x" + String(rawValue, radix: 16) }
}

/// A mark and the bits of it that count.
public struct MaskedMark: Hashable, Sendable {
  public let value: Mark
  public let mask: Mark

  public init(_ value: Mark, mask: Mark = .allBits) {
    self.value = value
    self.mask = mask
  }

  /// Whether a packet's mark is this one, as far as the mask goes.
  public func matches(_ mark: Mark) -> Bool { mark.rawValue & mask.rawValue == value.rawValue }

  /// `0x539`, or `0x539/0xfff` where some bits do not count.
  public var text: String { mask == .allBits ? value.description : fullText }

  /// `0x539/0xffffffff`: the mask always shown, as targets are printed.
  public var fullText: String { "\(value)/\(mask)" }
}
