import Intercept
import NFTables

/// The contents of a register while a rule is decoded.
enum LoadedValue {
  /// A field of the packet, with the bits that a `bitwise` expression kept and flipped.
  case field(NftKey, mask: [UInt8]?, xor: [UInt8]?)
  /// A constant in the byte order of the register.
  case constant([UInt8])
  /// The data that a map assigns, as text: `tcp dport map { 80 : 10.0.0.1 }`; true if they are ranges.
  case mapped(String, isOfRanges: Bool = false)

  /// The field; nil for other contents.
  var key: NftKey? {
    if case .field(let key, _, _) = self { key } else { nil }
  }
}

/// The registers of a rule by their 32-bit words.
///
/// The kernel has four registers of 16 bytes (`NFT_REG_1`) over sixteen of 4 bytes (`NFT_REG32_00`).
struct RegisterFile {
  private var words: [UInt32: LoadedValue] = [:]

  subscript(register: Register) -> LoadedValue? {
    get { words[Self.word(register)] }
    set { words[Self.word(register)] = newValue }
  }

  /// The values in consecutive words from a register, as many as have been loaded.
  func values(from register: Register, bytes: Int) -> [LoadedValue] {
    let first = Self.word(register)
    return (first..<first + UInt32((bytes + 3) / 4)).compactMap { words[$0] }
  }

  private static func word(_ register: Register) -> UInt32 {
    register.rawValue < 8 ? (max(register.rawValue, 1) - 1) * 4 : min(register.rawValue - 8, 64)
  }
}

extension NftValueKind {
  /// A range of values as `nft` prints it in the thread's network namespace.
  func kernelText(_ range: ClosedRange<UInt128>) -> String {
    guard self == .interfaceIndex, range.lowerBound == range.upperBound,
      let name = InterfaceIndex.name(UInt32(truncatingIfNeeded: range.lowerBound))
    else { return text(range) }
    return "\"\(name)\""
  }

  /// True if the kernel keeps values in host order in a register.
  var isHostOrder: Bool {
    switch self {
    case .number, .mark, .state, .status, .routeType, .interfaceIndex: true
    case .address, .anyAddress, .port, .proto, .family, .interface, .direction, .tcpFlags, .other: false
    }
  }

  /// The size of a value in a register, in bytes.
  var size: Int {
    switch self {
    case .address(let family): family.addressBits / 8
    case .anyAddress, .interface: 16
    case .port: 2
    case .proto, .family, .direction, .tcpFlags: 1
    case .number, .mark, .state, .status, .routeType, .interfaceIndex, .other: 4
    }
  }

  /// The number that bytes of a register encode; shorter values are the leading bytes of a field, if its size is known.
  func number(_ bytes: some Collection<UInt8>, isBigEndian: Bool = false) -> UInt128 {
    if isHostOrder, !isBigEndian, 1.littleEndian == 1 { return UInt128(bigEndianBytes: bytes.reversed()) }
    let value = UInt128(bigEndianBytes: bytes.prefix(16))
    return self == .other ? value : value << UInt128(8 * max(0, size - bytes.count))
  }
}
