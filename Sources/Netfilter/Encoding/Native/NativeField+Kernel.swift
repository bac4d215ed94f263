import CNetfilter
import Intercept

extension NativeField {
  /// In bytes.
  var length: Int { bits / 8 }

  /// Puts the field into the first register. Of an address, as many leading bytes as count.
  func load(bytes length: Int? = nil) -> Expression {
    switch self {
    case .source(let family): .network(AddressField.source.offset(family), length ?? self.length)
    case .destination(let family): .network(AddressField.destination.offset(family), length ?? self.length)
    case .proto: .meta(.load(.transportProtocol, into: .r1))
    case .sourcePort: .transport(Self.sourcePortOffset)
    case .destinationPort: .transport(Self.destinationPortOffset)
    case .user: .meta(.load(.socketUID, into: .r1))
    case .group: .meta(.load(.socketGID, into: .r1))
    }
  }

  static var sourcePortOffset: UInt32 { 0 }
  static var destinationPortOffset: UInt32 { 2 }

  /// Whether the kernel loads the number in host order, in which ranges cannot be compared.
  var isInHostOrder: Bool {
    switch self {
    case .user, .group: true
    case .source, .destination, .proto, .sourcePort, .destinationPort: false
    }
  }

  /// What the key of a set is, by the numbers that the `nft` command gives its data types.
  var setKeyType: UInt32 {
    switch self {
    case .source(.ipv4), .destination(.ipv4): 7
    case .source(.ipv6), .destination(.ipv6): 8
    case .proto: 12
    case .sourcePort, .destinationPort: 13
    case .user: 24
    case .group: 25
    }
  }

  /// In which order the `nft` command notes that the keys of a set are (`enum byteorder`).
  var setByteorder: UInt8 {
    switch self {
    case .proto, .user, .group: 1
    case .source, .destination, .sourcePort, .destinationPort: 2
    }
  }

  /// A value as it stands in the register.
  func bytes(_ value: UInt128, isSwapped: Bool = false) -> [UInt8] {
    let bytes = (0..<length).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return isInHostOrder && !isSwapped && Self.hostIsLittleEndian ? bytes.reversed() : bytes
  }

  /// The value that stands in the register; nil if it is longer or shorter than the field.
  func value(_ bytes: [UInt8], isSwapped: Bool = false) -> UInt128? {
    guard bytes.count == length else { return nil }
    let isReversed = isInHostOrder && !isSwapped && Self.hostIsLittleEndian
    return (isReversed ? bytes.reversed() : bytes).reduce(0) { $0 << 8 | UInt128($1) }
  }

  private static var hostIsLittleEndian: Bool { 1.littleEndian == 1 }
}

extension Expression {
  fileprivate static func network(_ offset: UInt32, _ length: Int) -> Expression {
    .payload(PayloadExpression(base: .network, offset: offset, length: UInt32(length), into: .r1))
  }

  fileprivate static func transport(_ offset: UInt32) -> Expression {
    .payload(PayloadExpression(base: .transport, offset: offset, length: 2, into: .r1))
  }
}

extension IPFamily {
  /// As `meta nfproto` has it (NFPROTO_*).
  var nfproto: UInt8 { TableFamily(self).rawValue }
}
