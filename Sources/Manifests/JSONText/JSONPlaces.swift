/// A member of an object in a JSON text.
package struct JSONMember: Hashable, Sendable {
  package let name: String
  /// The bytes of the value.
  package let value: Range<Int>
}

/// The places of values in a JSON text, for programs that hand a part on, or change a part and keep the others byte by
/// byte.
extension JSONReader {
  /// Returns the members of an object in the order of the text.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - start: the place of the object, or of blanks before it.
  package static func members(of bytes: [UInt8], at start: Int = 0) throws(SyntaxProblem) -> [JSONMember] {
    var reader = JSONReader(bytes, at: start, line: 1)
    return try reader.members()
  }

  /// Returns the bytes of each item of a list.
  package static func items(of bytes: [UInt8], at start: Int) throws(SyntaxProblem) -> [Range<Int>] {
    var reader = JSONReader(bytes, at: start, line: 1)
    return try reader.items()
  }

  /// Returns the only value of a text.
  package static func document(_ bytes: [UInt8]) throws(SyntaxProblem) -> ManifestTree {
    var reader = JSONReader(bytes, at: 0, line: 1)
    reader.skipBlanks()
    let tree = try reader.read()
    reader.skipBlanks()
    guard reader.position == bytes.count else { throw reader.problem("the end") }
    return tree
  }
}
