import Intercept

/// A port by its number, or by the name that a container gives it.
enum NameOrNumber: Hashable, Sendable {
  case number(Port)
  case name(String)

  init(_ node: JSONNode) throws(FieldProblem) {
    if let text = node.text {
      self = Port(text).map { .number($0) } ?? .name(text)
    } else {
      self = .number(Port(rawValue: try node.number(0...UInt16.max)))
    }
  }
}

extension JSONNode {
  func port(_ name: String) throws(FieldProblem) -> Port? {
    try number(name, 1...UInt16.max).map(Port.init(rawValue:))
  }

  /// A port that must be there.
  func requiredPort(_ name: String) throws(FieldProblem) -> Port {
    guard let port = try port(name) else {
      throw FieldProblem(node: self, member: name, text: "is missing; give a port from 1 to 65535")
    }
    return port
  }
}
