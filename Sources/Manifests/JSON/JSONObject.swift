import Intercept

/// An object of a JSON text.
///
/// Of a cluster's objects little is asked: a member is looked at when somebody asks for it, and as what they want. One
/// that is absent or null is nil; one of another kind is a problem.
struct JSONObject {
  /// What is asked for its members; making one names them all, so that there is one for each object.
  typealias Members = KeyedDecodingContainer<JSONName>

  private let members: Members

  private init(_ members: Members) {
    self.members = members
  }

  /// The object that a decoder is at.
  ///
  /// - Parameter wanted: what it is called in messages.
  init(_ decoder: any Decoder, as wanted: String = "an object") throws(FieldProblem) {
    do {
      self.init(try decoder.container(keyedBy: JSONName.self))
    } catch {
      throw FieldProblem(at: JSONPath(decoder.codingPath), wanted: wanted, found: JSONValue(from: decoder))
    }
  }

  /// The way to the object from the text's top.
  var path: JSONPath { JSONPath(members.codingPath) }

  /// The names of its members, in order.
  var names: [String] { members.allKeys.map(\.stringValue).sorted() }

  /// Whether there is a member, and it is not null.
  func has(_ name: String) -> Bool {
    let name = JSONName(name)
    return members.contains(name) && (try? members.decodeNil(forKey: name)) == false
  }

  /// A member as a value of one kind; others are problems.
  ///
  /// - Parameter wanted: what it must be, for messages.
  func member<Value>(
    _ name: String, _ wanted: @autoclosure () -> String, _ read: (Members, JSONName) throws -> Value?
  ) throws(FieldProblem) -> Value? {
    do {
      return try read(members, JSONName(name))
    } catch {
      // Containers take null for a mistake.
      guard has(name) else { return nil }
      throw wrong(name, wanted())
    }
  }

  func object(_ name: String) throws(FieldProblem) -> JSONObject? {
    try member(name, "an object") { members, name in
      members.contains(name)
        ? JSONObject(try members.nestedContainer(keyedBy: JSONName.self, forKey: name)) : nil
    }
  }

  /// The objects in a list; none where it is absent.
  func objects(_ name: String) throws(FieldProblem) -> [JSONObject] {
    try items(name, "an object") { JSONObject(try $0.nestedContainer(keyedBy: JSONName.self)) }
  }

  func strings(_ name: String) throws(FieldProblem) -> [String] {
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
        // An item that could not be read is still the next one.
        let found = try? list.decode(JSONValue.self)
        throw FieldProblem(
          at: path.member(name).item(items.count), wanted: wanted, found: found ?? .unreadable)
      }
    }
    return items
  }

  /// What is said of a member of another kind than was asked for.
  func wrong(_ name: String, _ wanted: String) -> FieldProblem {
    let found = try? members.decode(JSONValue.self, forKey: JSONName(name))
    return FieldProblem(at: path.member(name), wanted: wanted, found: found ?? .unreadable)
  }
}
