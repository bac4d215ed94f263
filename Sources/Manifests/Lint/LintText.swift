import Intercept
import TextOutput

extension Finding {
  /// How findings are told to people.
  public enum Style: Sendable {
    case plain, coloured
  }

  /// What was found, what will happen and the way out, in lines of 80 characters.
  public func text(_ style: Style) -> String {
    let place =
      "\(object)\(port.map { ", port \($0)" } ?? "")\(repeats == 0 ? "" : " and \(repeats) more like it")"
    let heading =
      style == .plain ? "\(place): \(rule)" : "\u{1B}[1m\(place)\u{1B}[0m: \u{1B}[33m\(rule)\u{1B}[0m"
    return heading + "\n" + what.wrapped("  ", indent: "  ") + effect.wrapped("  so: ", indent: "      ")
      + remedy.wrapped("  do: ", indent: "      ")
  }
}

/// A finding as a record, in a schema that only grows.
extension Finding: Encodable {
  private enum Keys: String, CodingKey {
    case rule, kind, namespace, name, port, what, effect, remedy, objects, namespaces, repeats
  }

  public func encode(to encoder: any Encoder) throws {
    var record = encoder.container(keyedBy: Keys.self)
    try record.encode(rule, forKey: .rule)
    try record.encode(object.kind, forKey: .kind)
    try record.encode(object.namespace, forKey: .namespace)
    try record.encode(object.name, forKey: .name)
    try record.encodeIfPresent(port?.rawValue, forKey: .port)
    try record.encode(what, forKey: .what)
    try record.encode(effect, forKey: .effect)
    try record.encode(remedy, forKey: .remedy)
    try record.encode(others.map(\.description), forKey: .objects)
    try record.encode(namespaces, forKey: .namespaces)
    try record.encode(repeats, forKey: .repeats)
  }
}
