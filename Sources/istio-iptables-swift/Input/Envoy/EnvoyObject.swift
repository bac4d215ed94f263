/// An object of Envoy's configuration, decoded member by member on demand.
///
/// Members are requested by their names in JSON (`useOriginalDst`); their names in protocol buffers
/// (`use_original_dst`) are accepted as well, as Envoy does. An absent member and null are nil.
struct EnvoyObject: Decodable {
  private let members: KeyedDecodingContainer<Name>

  /// The name of a member.
  struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }

    /// The name in protocol buffers.
    var inProtocolBuffers: Name {
      Name(
        stringValue: stringValue.reduce(into: "") {
          $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1)
        })
    }
  }

  init(from decoder: any Decoder) throws {
    members = try decoder.container(keyedBy: Name.self)
  }

  /// The names of all members, sorted.
  var names: [String] { members.allKeys.map(\.stringValue).sorted() }

  /// The member's name as the object spells it; nil if it is absent.
  private func spelling(_ name: String) -> Name? {
    let name = Name(stringValue: name)
    if members.contains(name) { return name }
    let other = name.inProtocolBuffers
    return members.contains(other) ? other : nil
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
    return type?.split(separator: ".").last.map(String.init)
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
