import Intercept

extension FieldComparison {
  /// The look at an interface's name: with its NUL if all of it counts, without if only the beginning does. For
  /// `-i +` the name is loaded and not looked at.
  static func interface(_ key: MetaKey, _ name: Condition<InterfacePattern>) -> FieldComparison {
    if name.value.isEverything { return FieldComparison(.meta(key), name.isNegated ? noInterface : nil) }
    let end: [UInt8] = name.value.isWildcard ? [] : [0]
    return FieldComparison(.meta(key), .equal(name.map { Array($0.stem.utf8) + end }))
  }

  /// The name that stands for `! -i +`: one that no interface can have.
  private static let noInterface = Comparison.compare(.equal, Array("INVAL/D\0".utf8))

  /// The interfaces that are looked for; nil if the look is at something else.
  func interface(_ key: MetaKey) -> Condition<InterfacePattern>? {
    guard field == .meta(key), mask == nil else { return nil }
    guard let comparison else { return InterfacePattern("+").map { .is($0) } }
    if comparison == Self.noInterface { return InterfacePattern("+").map { .not($0) } }
    guard let bytes = comparison.equality else { return nil }
    let name = bytes.value.prefix { $0 != 0 }
    let isWhole = name.count < bytes.value.count
    guard isWhole || name.last != UInt8(ascii: "+"), let text = String(validating: name, as: UTF8.self),
      let pattern = InterfacePattern(isWhole ? text : text + "+"), pattern.isWildcard != isWhole
    else { return nil }
    return bytes.map { _ in pattern }
  }
}
