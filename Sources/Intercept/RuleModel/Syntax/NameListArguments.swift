extension ArgumentReader where Value: OptionSet & Sendable {
  /// A list of names with commas between them.
  ///
  /// - Parameters:
  ///   - names: the names, in the order in which an abbreviated one is looked for.
  ///   - isExact: whether a name must be written out and in its own letters; otherwise its beginning is enough.
  static func names(
    _ names: [(value: Value, name: String)], isExact: Bool = false, wants: String
  ) -> ArgumentReader {
    ArgumentReader(wants: wants) { text, _ in
      var value: Value = []
      for item in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let found = names.first(where: { isExact ? item == $0.name : $0.name.begins(with: item) })
        else { return nil }
        value.formUnion(found.value)
      }
      return value
    }
  }
}

extension String {
  /// Whether a text, not empty and in letters of either case, is where this one begins.
  fileprivate func begins(with text: Substring) -> Bool {
    !text.isEmpty && text.utf8.count <= utf8.count && zip(text.utf8, utf8).allSatisfy { $0.upperCase == $1 }
  }
}

extension UInt8 {
  /// The byte, as an upper case letter if it is an ASCII letter.
  fileprivate var upperCase: UInt8 {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) ? self - 32 : self
  }
}
