import Glibc

enum Environment {
  /// The variables of this process.
  static var ofProcess: [String: String] {
    var variables: [(String, String)] = []
    var entry = environ
    while let text = entry.pointee.map({ String(cString: $0) }) {
      if let sign = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
        variables.append((String(text[..<sign]), String(text[text.utf8.index(after: sign)...])))
      }
      entry += 1
    }
    return Dictionary(variables) { _, last in last }
  }
}
