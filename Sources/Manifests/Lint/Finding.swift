public import Intercept

/// Something in a manifest that will not do what its owner expects.
public struct Finding: Hashable, Sendable {
  /// The rule that found it.
  public internal(set) var rule = ""
  /// What is to be changed.
  public let object: ObjectName
  /// The port that it is about.
  public var port: Port?
  /// What is there.
  public let what: String
  /// What will happen.
  public let effect: String
  /// The way out.
  public let remedy: String
  /// Other objects that it touches: those that break, or that stand in the way.
  public var others: [ObjectName] = []
  /// The namespaces in which it shows.
  public var namespaces: [String] = []
  /// How many more pods of the same controller have the same.
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

extension [String] {
  /// The texts in a sentence: `a, b and c`; of many the first, and how many more there are.
  var sentence: String {
    guard let last, count > 1 else { return first ?? "none" }
    guard count > 6 else { return dropLast().joined(separator: ", ") + " and " + last }
    return prefix(5).joined(separator: ", ") + " and \(count - 5) more"
  }
}
