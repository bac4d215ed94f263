public import Intercept
public import KubernetesObjects
public import ManifestText
public import TextOutput

/// A mistake in a manifest.
public struct Finding: Hashable, Sendable {
  /// The name of the lint rule.
  public internal(set) var rule = ""
  public internal(set) var severity = Severity.warning
  /// The place of the object; nil if the manifest has no name and no line.
  public internal(set) var location: SourceLocation?
  /// The object to change.
  public let object: ObjectName
  /// The port concerned.
  public var port: Port?
  /// The mistake.
  public let what: String
  /// Its consequence.
  public let effect: String
  /// Its correction, in the imperative.
  public let remedy: String
  /// Other objects concerned: those that break, and those that cause the mistake.
  public var others: [ObjectName] = []
  /// The namespaces concerned.
  public var namespaces: [String] = []
  /// The number of further pods of the same controller with the same finding.
  public internal(set) var repeats = 0

  init(
    _ object: ObjectName, port: Port? = nil, _ what: String, effect: String, remedy: String,
    others: [ObjectName] = [],
    namespaces: [String] = []
  ) {
    self.object = object
    self.port = port
    self.what = what
    self.effect = effect
    self.remedy = remedy
    self.others = others
    self.namespaces = namespaces
  }
}

extension Finding {
  /// Returns the mistake, its consequence and its correction in lines of at most 80 characters.
  public func text(_ style: TextStyle) -> String {
    let name = object.name.isEmpty ? object.kind : "\(object)"
    let place =
      "\(name)\(port.map { ", port \($0)" } ?? "")\(repeats == 0 ? "" : " and \(repeats) more like it")"
    let heading = "\(place.coloured(.bold, style)): \(rule.coloured(.yellow, style))"
    let at = location.map { "  at: \($0)\n" } ?? ""
    return heading + "\n" + at + what.wrapped("  ", indent: "  ") + effect.wrapped("  so: ", indent: "      ")
      + remedy.wrapped("  do: ", indent: "      ")
  }
}

/// The JSON record of a finding. Fields may be added but do not change.
extension Finding: Encodable {
  private enum Keys: String, CodingKey {
    case rule, severity, file, line, kind, namespace, name, port, what, effect, remedy, objects, namespaces,
      repeats
  }

  public func encode(to encoder: any Encoder) throws {
    var record = encoder.container(keyedBy: Keys.self)
    try record.encode(rule, forKey: .rule)
    try record.encode(severity, forKey: .severity)
    try record.encodeIfPresent(location?.file, forKey: .file)
    try record.encodeIfPresent(location?.line, forKey: .line)
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
