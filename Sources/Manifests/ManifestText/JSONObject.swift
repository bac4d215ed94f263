import Intercept

/// The name of a member of a JSON object.
package struct JSONName: CodingKey {
  package let stringValue: String
  package var intValue: Int? { nil }

  init(_ name: String) {
    stringValue = name
  }

  package init(stringValue: String) {
    self.init(stringValue)
  }

  package init?(intValue: Int) { nil }
}

/// A JSON object, decoded member by member on demand.
///
/// A manifest holds far more than is read here, so a member is decoded only when it is requested, as the requested
/// type. An absent member and null are nil; a member of another type is a `FieldProblem`.
package struct JSONObject {
  /// The decoder's container. One is made for each object, because making it lists all members.
  package typealias Members = KeyedDecodingContainer<JSONName>

  private let members: Members

  private init(_ members: Members) {
    self.members = members
  }

  /// - Parameters:
  ///   - decoder: a decoder positioned at the object.
  ///   - wanted: the object's name in messages.
  package init(_ decoder: any Decoder, as wanted: String = "an object") throws(FieldProblem) {
    do {
      self.init(try decoder.container(keyedBy: JSONName.self))
    } catch {
      throw FieldProblem(at: JSONPath(decoder.codingPath), wanted: wanted, found: JSONValue(from: decoder))
    }
  }

  /// The path of the object from the top of the text.
  package var path: JSONPath { JSONPath(members.codingPath) }

  /// The names of the members, sorted.
  package var names: [String] { members.allKeys.map(\.stringValue).sorted() }

  /// Returns true if the object has the member and it is not null.
  package func has(_ name: String) -> Bool {
    let name = JSONName(name)
    return members.contains(name) && (try? members.decodeNil(forKey: name)) == false
  }

  /// Returns a member as a value of one type.
  ///
  /// - Parameter wanted: the expected type, for messages.
  package func member<Value>(
    _ name: String, _ wanted: @autoclosure () -> String, _ read: (Members, JSONName) throws -> Value?
  ) throws(FieldProblem) -> Value? {
    do {
      return try read(members, JSONName(name))
    } catch {
      // Nested containers of null throw.
      guard has(name) else { return nil }
      throw wrong(name, wanted())
    }
  }

  package func object(_ name: String) throws(FieldProblem) -> JSONObject? {
    try member(name, "an object") { members, name in
      members.contains(name)
        ? JSONObject(try members.nestedContainer(keyedBy: JSONName.self, forKey: name)) : nil
    }
  }

  /// Returns the objects of a list; an absent list is empty.
  package func objects(_ name: String) throws(FieldProblem) -> [JSONObject] {
    try items(name, "an object") { JSONObject(try $0.nestedContainer(keyedBy: JSONName.self)) }
  }

  /// Returns the strings of a list; an absent list is empty.
  package func strings(_ name: String) throws(FieldProblem) -> [String] {
    try items(name, "a string") { try $0.decode(String.self) }
  }

  private func items<Item>(
    _ name: String, _ wanted: String, _ read: (inout any UnkeyedDecodingContainer) throws -> Item
  ) throws(FieldProblem) -> [Item] {
    let list = try member(name, "a list") { members, name in
      members.contains(name) ? try members.nestedUnkeyedContainer(forKey: name) : nil
    }
    guard var list else { return [] }
    var items: [Item] = []
    items.reserveCapacity(list.count ?? 0)
    while !list.isAtEnd {
      do {
        items.append(try read(&list))
      } catch {
        // A failed read does not advance the container: the item can still be decoded as any value.
        let found = try? list.decode(JSONValue.self)
        throw FieldProblem(
          at: path.member(name).item(items.count), wanted: wanted, found: found ?? .unreadable)
      }
    }
    return items
  }

  /// The problem of a member that is not of the requested type.
  func wrong(_ name: String, _ wanted: String) -> FieldProblem {
    let found = try? members.decode(JSONValue.self, forKey: JSONName(name))
    return FieldProblem(at: path.member(name), wanted: wanted, found: found ?? .unreadable)
  }
}

// MARK: - Scalars

extension JSONObject {
  package func string(_ name: String) throws(FieldProblem) -> String? {
    try member(name, "a string") { try $0.decodeIfPresent(String.self, forKey: $1) }
  }

  package func bool(_ name: String) throws(FieldProblem) -> Bool? {
    try member(name, "true or false") { try $0.decodeIfPresent(Bool.self, forKey: $1) }
  }

  /// Returns a whole number within limits.
  package func number<Whole: FixedWidthInteger>(
    _ name: String, _ limits: ClosedRange<Whole>
  ) throws(FieldProblem) -> Whole? {
    var wanted: String { "a number from \(limits.lowerBound) to \(limits.upperBound)" }
    let number = try member(name, wanted) { try $0.decodeIfPresent(Int64.self, forKey: $1) }
    guard let number else { return nil }
    guard let whole = Whole(exactly: number), limits.contains(whole) else { throw wrong(name, wanted) }
    return whole
  }

  /// Returns the text of a string, a number or a Boolean, formatted as Go's `fmt.Sprint` does.
  package func scalarText(_ name: String) throws(FieldProblem) -> String? {
    let wanted = "a string, a number or true or false"
    guard let value = try member(name, wanted, { try $0.decodeIfPresent(JSONValue.self, forKey: $1) })
    else { return nil }
    guard let text = value.scalarText else { throw wrong(name, wanted) }
    return text
  }

  /// Returns an object of strings, such as labels; an absent object is empty.
  package func texts(_ name: String) throws(FieldProblem) -> [String: String] {
    try object(name)?.texts { _ in true } ?? [:]
  }

  /// Returns the members of this object as strings.
  ///
  /// - Parameter isWanted: selects members by name; others are not decoded.
  package func texts(where isWanted: (String) -> Bool) throws(FieldProblem) -> [String: String] {
    var texts: [String: String] = [:]
    for name in names where isWanted(name) { texts[name] = try string(name) }
    return texts
  }
}
