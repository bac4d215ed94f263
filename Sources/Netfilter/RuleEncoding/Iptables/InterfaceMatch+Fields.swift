package import Intercept
package import NFTables

extension FieldComparison {
  /// The comparison of an interface name: including the NUL for a whole name, without it for a prefix. For
  /// `-i +` the name is loaded and not compared.
  package static func interface(_ key: MetaKey, _ name: Condition<InterfacePattern>) -> FieldComparison {
    if name.value.isEverything { return FieldComparison(.meta(key), name.isNegated ? noInterface : nil) }
    let end: [UInt8] = name.value.isWildcard ? [] : [0]
    return FieldComparison(.meta(key), .equal(name.map { Array($0.stem.utf8) + end }))
  }

  /// The encoding of `! -i +`: a name that no interface can have.
  private static let noInterface = Comparison.compare(.equal, Array("INVAL/D\0".utf8))

  /// The compared interface; nil for any other comparison.
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
