import Intercept

extension JSONObject {
  func string(_ name: String) throws(FieldProblem) -> String? {
    try member(name, "a string") { try $0.decodeIfPresent(String.self, forKey: $1) }
  }

  func bool(_ name: String) throws(FieldProblem) -> Bool? {
    try member(name, "true or false") { try $0.decodeIfPresent(Bool.self, forKey: $1) }
  }

  /// A whole number within limits.
  func number<Whole: FixedWidthInteger>(
    _ name: String, _ limits: ClosedRange<Whole>
  ) throws(FieldProblem) -> Whole? {
    var wanted: String { "a number from \(limits.lowerBound) to \(limits.upperBound)" }
    let number = try member(name, wanted) { try $0.decodeIfPresent(Int64.self, forKey: $1) }
    guard let number else { return nil }
    guard let whole = Whole(exactly: number), limits.contains(whole) else { throw wrong(name, wanted) }
    return whole
  }

  /// The text of a string, a number or a truth value, as Go's `fmt.Sprint` has it.
  func scalarText(_ name: String) throws(FieldProblem) -> String? {
    let wanted = "a string, a number or true or false"
    guard let value = try member(name, wanted, { try $0.decodeIfPresent(JSONValue.self, forKey: $1) })
    else { return nil }
    guard let text = value.scalarText else { throw wrong(name, wanted) }
    return text
  }

  /// Names and texts; labels, say.
  func texts(_ name: String) throws(FieldProblem) -> [String: String] {
    try object(name)?.texts { _ in true } ?? [:]
  }

  /// Its members, as names and texts.
  ///
  /// - Parameter isWanted: whether a member is asked for; others are not looked at.
  func texts(where isWanted: (String) -> Bool) throws(FieldProblem) -> [String: String] {
    var texts: [String: String] = [:]
    for name in names where isWanted(name) { texts[name] = try string(name) }
    return texts
  }
}
