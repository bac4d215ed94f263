/// A message of Protocol Buffers, without its description: fields by number.
///
/// Repeated scalars and groups are not supported; the messages that are read have neither.
struct ProtobufMessage {
  enum Value {
    case number(UInt64)
    case bytes([UInt8])
  }

  private(set) var fields: [(number: UInt64, value: Value)] = []

  init() {}

  /// Reads a message; nil if it is cut or has a field of an unknown wire type.
  init?(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let key = Self.varint(&rest), let value = Self.value(of: key & 7, &rest) else { return nil }
      if let value { fields.append((key >> 3, value)) }
    }
  }

  /// Reads the value of a wire type: nil in the inner optional for a fixed-width number, which is skipped.
  private static func value(of wireType: UInt64, _ rest: inout ArraySlice<UInt8>) -> Value?? {
    switch wireType {
    case 0: return varint(&rest).map { .number($0) }
    case 1: return skip(8, &rest) ? .some(nil) : nil
    case 2:
      guard let length = varint(&rest), length <= UInt64(rest.count) else { return nil }
      defer { rest = rest.dropFirst(Int(length)) }
      return .bytes(Array(rest.prefix(Int(length))))
    case 5: return skip(4, &rest) ? .some(nil) : nil
    default: return nil
    }
  }

  private static func skip(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> Bool {
    guard rest.count >= count else { return false }
    rest = rest.dropFirst(count)
    return true
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      number |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return number }
    }
    return nil
  }
}

extension ProtobufMessage {
  func number(_ field: UInt64) -> UInt64 {
    fields.reduce(0) { last, entry in
      if entry.number == field, case .number(let number) = entry.value { number } else { last }
    }
  }

  private func everyBytes(_ field: UInt64) -> [[UInt8]] {
    fields.compactMap { if $0.number == field, case .bytes(let bytes) = $0.value { bytes } else { nil } }
  }

  func text(_ field: UInt64) -> String {
    everyBytes(field).last.map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// A message; an absent one is empty.
  func message(_ field: UInt64) -> ProtobufMessage { messages(field).last ?? ProtobufMessage() }

  func messages(_ field: UInt64) -> [ProtobufMessage] { everyBytes(field).compactMap { ProtobufMessage($0) } }

  /// A map of strings: repeated messages of a key and a value.
  func map(_ field: UInt64) -> [String: String] {
    messages(field).reduce(into: [:]) { $0[$1.text(1)] = $1.text(2) }
  }
}

extension ProtobufMessage {
  mutating func set(_ field: UInt64, _ number: UInt64) { fields.append((field, .number(number))) }

  mutating func set(_ field: UInt64, _ text: String) { fields.append((field, .bytes(Array(text.utf8)))) }

  mutating func set(_ field: UInt64, _ message: ProtobufMessage) {
    fields.append((field, .bytes(message.bytes)))
  }

  /// The message as it is sent.
  var bytes: [UInt8] {
    fields.flatMap { number, value in
      switch value {
      case .number(let value): Self.varint(number << 3) + Self.varint(value)
      case .bytes(let bytes): Self.varint(number << 3 | 2) + Self.varint(UInt64(bytes.count)) + bytes
      }
    }
  }

  private static func varint(_ number: UInt64) -> [UInt8] {
    var (rest, bytes) = (number, [UInt8]())
    while rest > 0x7f {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
