import Intercept

/// A port by its number, or by the name that a container gives it.
enum NameOrNumber: Hashable, Sendable {
  case number(Port)
  case name(String)
}

extension JSONObject {
  /// A port by its number, or by a name.
  func nameOrNumber(_ name: String) throws(FieldProblem) -> NameOrNumber? {
    try member(name, "a number from 0 to \(UInt16.max)") { members, name in
      if let number = try? members.decodeIfPresent(UInt16.self, forKey: name) {
        return .number(Port(rawValue: number))
      }
      let text = try members.decodeIfPresent(String.self, forKey: name)
      return text.map { text in Port(text).map { .number($0) } ?? .name(text) }
    }
  }

  func port(_ name: String) throws(FieldProblem) -> Port? {
    try number(name, 1...UInt16.max).map(Port.init(rawValue:))
  }

  /// A port that must be there.
  func requiredPort(_ name: String) throws(FieldProblem) -> Port {
    guard let port = try port(name) else {
      throw FieldProblem(at: path.member(name), "is missing; give a port from 1 to 65535")
    }
    return port
  }
}
