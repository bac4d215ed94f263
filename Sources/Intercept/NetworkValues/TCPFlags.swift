/// Flags of a TCP segment (byte 13 of its header), as a set.
public struct TCPFlags: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8

  /// Makes a set of the six flags that iptables names; other bits are dropped.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue & 0x3f
  }

  public static let fin = TCPFlags(rawValue: 1 << 0)
  public static let syn = TCPFlags(rawValue: 1 << 1)
  public static let rst = TCPFlags(rawValue: 1 << 2)
  public static let psh = TCPFlags(rawValue: 1 << 3)
  public static let ack = TCPFlags(rawValue: 1 << 4)
  public static let urg = TCPFlags(rawValue: 1 << 5)
  public static let all = TCPFlags(rawValue: 0x3f)
}

extension TCPFlags: CustomStringConvertible {
  /// The flags by name, in the order `iptables-save` prints them.
  package static let names: [(value: TCPFlags, name: String)] = [
    (.fin, "FIN"), (.syn, "SYN"), (.rst, "RST"), (.psh, "PSH"), (.ack, "ACK"), (.urg, "URG"),
  ]

  /// `SYN,ACK`, or `NONE`.
  public var description: String {
    isEmpty ? "NONE" : Self.names.filter { contains($0.value) }.map(\.name).joined(separator: ",")
  }
}

/// A comparison of a segment's flags: of those in `mask`, exactly those in `set` must be set.
public struct TCPFlagTest: Hashable, Sendable {
  public let mask: TCPFlags
  public let set: TCPFlags

  public init(_ set: TCPFlags, of mask: TCPFlags) {
    self.mask = mask
    self.set = set
  }

  /// `--syn`: a segment that opens a connection.
  public static let opening = TCPFlagTest(.syn, of: [.fin, .syn, .rst, .ack])
  /// A test that every segment passes.
  public static let anything = TCPFlagTest([], of: [])

  public func matches(_ flags: TCPFlags) -> Bool { flags.intersection(mask) == set }
}

/// The kind of an option in a TCP header, from 1 to 255.
public struct TCPOption: Hashable, Sendable {
  public let rawValue: UInt8

  /// Makes an option kind; nil for 0, which ends the list of options.
  public init?(rawValue: UInt8) {
    guard rawValue != 0 else { return nil }
    self.rawValue = rawValue
  }
}
