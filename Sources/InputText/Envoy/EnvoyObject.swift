/// An object of Envoy's configuration, decoded member by member on demand.
///
/// Members are requested by their names in JSON (`useOriginalDst`); their names in protocol buffers
/// (`use_original_dst`) are accepted as well, as Envoy does. An absent member and null are nil.
package struct EnvoyObject: Decodable {
  private let members: KeyedDecodingContainer<Name>

  /// The name of a member.
  struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }

    /// The name in protocol buffers; nil if it is the same.
    var inProtocolBuffers: Name? {
      guard stringValue.utf8.contains(where: Self.isUpper) else { return nil }
      let bytes = stringValue.utf8.flatMap { Self.isUpper($0) ? [UInt8(ascii: "_"), $0 | 0x20] : [$0] }
      return Name(stringValue: String(decoding: bytes, as: UTF8.self))
    }

    private static func isUpper(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
  }

  package init(from decoder: any Decoder) throws {
    members = try decoder.container(keyedBy: Name.self)
  }

  /// Names in an order, found by either spelling.
  struct Ranks {
    fileprivate let names: [String]
    fileprivate let ranks: [String: Int]

    init(_ names: [String]) {
      self.names = names
      let spellings = names.enumerated().flatMap { rank, name in
        [(name, rank)] + (Name(stringValue: name).inProtocolBuffers.map { [($0.stringValue, rank)] } ?? [])
      }
      ranks = Dictionary(spellings) { first, _ in first }
    }
  }

  /// The names that the object has, in their order. It tests the members, which are fewer than the names.
  func names(in ranks: Ranks) -> [String] {
    members.allKeys.compactMap { ranks.ranks[$0.stringValue] }.sorted().map { ranks.names[$0] }
  }

  /// The member's name as the object spells it; nil if it is absent.
  private func spelling(_ name: String) -> Name? {
    let name = Name(stringValue: name)
    if members.contains(name) { return name }
    guard let other = name.inProtocolBuffers, members.contains(other) else { return nil }
    return other
  }

  func has(_ name: String) -> Bool { spelling(name) != nil }

  /// Reads a member as a type.
  ///
  /// - Throws: `DecodingError` if it has another type.
  func read<Value: Decodable>(_ name: String, as _: Value.Type = Value.self) throws -> Value? {
    try spelling(name).flatMap { try members.decodeIfPresent(Value.self, forKey: $0) }
  }

  func text(_ name: String) throws -> String? { try read(name) }

  /// A number, which protocol buffers may write as a string.
  func number(_ name: String) throws -> Int? { try read(name, as: Number.self)?.value }

  func flag(_ name: String) throws -> Bool? { try read(name) }

  func object(_ name: String) throws -> EnvoyObject? { try read(name) }

  func objects(_ name: String) throws -> [EnvoyObject] { try read(name) ?? [] }

  func texts(_ name: String) throws -> [String] { try read(name) ?? [] }

  /// The members that are objects, with their names.
  var parts: [(name: String, object: EnvoyObject)] {
    members.allKeys.compactMap { key in
      (try? members.decode(EnvoyObject.self, forKey: key)).map { (key.stringValue, $0) }
    }
  }

  /// The members that are texts, numbers or truth values, as texts.
  var scalars: [String: String] {
    let pairs = members.allKeys.compactMap { key in
      (try? members.decode(Scalar.self, forKey: key)).map { (key.stringValue, $0.text) }
    }
    return Dictionary(pairs) { first, _ in first }
  }

  /// Last part of the type's name: `Listener` of `type.googleapis.com/envoy.config.listener.v3.Listener`.
  var type: String? {
    let type = try? members.decodeIfPresent(String.self, forKey: Name(stringValue: "@type"))
    return type.map { type in
      type.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(type[type.utf8.index(after: $0)...]) } ?? type
    }
  }

  private struct Number: Decodable {
    let value: Int

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Int.self) {
        value = number
      } else if let number = (try? container.decode(String.self)).flatMap({ Int($0) }) {
        value = number
      } else {
        value = try container.decode(Int.self)
      }
    }
  }

  private struct Scalar: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self.text = text
      } else if let flag = try? container.decode(Bool.self) {
        text = flag.description
      } else {
        text = try container.decode(Int.self).description
      }
    }
  }
}
