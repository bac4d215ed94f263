extension Int {
  /// Rounded up to the four bytes that netlink aligns messages and attributes to (NLMSG_ALIGN, NLA_ALIGN).
  var netlinkAligned: Int { (self + 3) & ~3 }
}

extension ArraySlice<UInt8> {
  /// The C value at the start of these bytes, or nil if there are too few.
  func load<Value: BitwiseCopyable>(_ type: Value.Type) -> Value? {
    guard count >= MemoryLayout<Value>.size else { return nil }
    return unsafe withUnsafeBytes { unsafe $0.loadUnaligned(as: Value.self) }
  }

  /// The integer that these bytes are, in host order; nil if there are more or fewer of them.
  func exactly<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) -> Value? {
    count == MemoryLayout<Value>.size ? load(type) : nil
  }
}

extension [UInt8] {
  /// The bytes of a C value, in host order.
  init(bytesOf value: some BitwiseCopyable) {
    self.init()
    append(bytesOf: value)
  }

  /// Appends the bytes of a C value, padding and all: zero what the kernel must not see.
  mutating func append<Value: BitwiseCopyable>(bytesOf value: Value) {
    unsafe Swift.withUnsafeBytes(of: value) { unsafe append(contentsOf: $0) }
  }

  /// Fills up to netlink's alignment with zeros.
  mutating func padToNetlinkAlignment() {
    append(contentsOf: repeatElement(0, count: count.netlinkAligned - count))
  }
}
