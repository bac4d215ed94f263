/// The simple commands of a shell script, as far as a container's `sh -c` and pasted commands need them.
///
/// Quotes, backslashes and redirections are removed, and variables with a known value are expanded. Other expansions and
/// control structures are not interpreted; the words of an unknown variable keep its spelling.
package struct ShellScript {
  /// The words of each command.
  package private(set) var commands: [[String]] = []
  private var words: [String] = []
  private var word: [UInt8]?
  private let environment: [String: String]
  private let hasComments: Bool

  /// - Parameters:
  ///   - text: the script.
  ///   - environment: the values of variables.
  ///   - hasComments: true if `#` begins a comment; false for lines after a prompt, which may be `#`.
  package init(_ text: some StringProtocol, environment: [String: String] = [:], hasComments: Bool = true) {
    self.environment = environment
    self.hasComments = hasComments
    var rest = Substring(text).utf8
    while let byte = rest.popFirst() { read(byte, &rest) }
    endCommand()
  }

  private mutating func read(_ byte: UInt8, _ rest: inout Substring.UTF8View) {
    switch byte {
    case UInt8(ascii: "'"): append(Self.quoted(&rest))
    case .doubleQuote: readDoubleQuoted(&rest)
    case .backslash:
      guard let next = rest.popFirst(), next != .newline else { return }
      append(CollectionOfOne(next))
    case .dollar: append(Self.expansion(&rest, environment).utf8)
    case UInt8(ascii: "#") where hasComments && word == nil: rest = rest.drop { $0 != .newline }
    case UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "("), UInt8(ascii: ")"),
      UInt8(ascii: "`"), .newline:
      endCommand()
    case UInt8(ascii: ">"), UInt8(ascii: "<"): skipRedirection(&rest)
    case _ where byte.separatesWords: endWord()
    default: append(CollectionOfOne(byte))
    }
  }

  private mutating func append(_ bytes: some Collection<UInt8>) {
    // In place: a copy for each byte would take quadratic time.
    if word?.append(contentsOf: bytes) == nil { word = Array(bytes) }
  }

  private mutating func endWord() {
    if let word { words.append(String(decoding: word, as: UTF8.self)) }
    word = nil
  }

  private mutating func endCommand() {
    endWord()
    if !words.isEmpty { commands.append(words) }
    words = []
  }

  /// Skips the file of a redirection. The number of a descriptor before it is no word.
  private mutating func skipRedirection(_ rest: inout Substring.UTF8View) {
    if word == [UInt8(ascii: "1")] || word == [UInt8(ascii: "2")] { word = nil }
    endWord()
    rest = rest.drop { ">&<".utf8.contains($0) }.drop { $0 == .space || $0 == .tab }
    rest = rest.drop { !$0.separatesWords && $0 != .newline && $0 != UInt8(ascii: ";") }
  }

  /// Reads the rest of a single-quoted text.
  private static func quoted(_ rest: inout Substring.UTF8View) -> Substring.UTF8View {
    let text = rest.prefix { $0 != UInt8(ascii: "'") }
    rest = rest[text.endIndex...].dropFirst()
    return text
  }

  private mutating func readDoubleQuoted(_ rest: inout Substring.UTF8View) {
    append(EmptyCollection())
    while let byte = rest.popFirst(), byte != .doubleQuote {
      if byte == .backslash, let next = rest.first, "\\\"$`".utf8.contains(next) {
        append(rest.prefix(1))
        rest = rest.dropFirst()
      } else if byte == .dollar {
        append(Self.expansion(&rest, environment).utf8)
      } else {
        append(CollectionOfOne(byte))
      }
    }
  }
}

extension ShellScript {
  /// The text with the values of variables; unknown variables stay.
  package static func expanded(_ text: Substring, _ environment: [String: String]) -> String {
    var result = ""
    var rest = text.utf8
    while let place = rest.firstIndex(of: .dollar) {
      result += Substring(rest[..<place])
      rest = rest[place...].dropFirst()
      result += expansion(&rest, environment)
    }
    return result + Substring(rest)
  }

  /// Reads a variable after its `$`: `NAME` or `{NAME}`.
  private static func expansion(
    _ rest: inout Substring.UTF8View, _ environment: [String: String]
  ) -> String {
    if rest.first == UInt8(ascii: "{"), let end = rest.firstIndex(of: UInt8(ascii: "}")) {
      guard let value = value(of: Substring(rest[..<end].dropFirst()), environment) else { return "$" }
      rest = rest[end...].dropFirst()
      return value
    }
    let name = rest.prefix(while: isNamePart)
    guard let value = environment[String(Substring(name))] else { return "$" }
    rest = rest[name.endIndex...]
    return value
  }

  /// The value of a variable between braces, or the default for one without a value: `NAME:-DEFAULT`.
  private static func value(of parameter: Substring, _ environment: [String: String]) -> String? {
    let name = parameter.prefix { $0.utf8.allSatisfy(isNamePart) }
    let rest = parameter[name.endIndex...]
    guard let mark = [":-", ":=", "-", "="].first(where: rest.hasPrefix) else {
      return rest.isEmpty ? environment[String(name)] : nil
    }
    let value = environment[String(name)]
    let isSet = mark.hasPrefix(":") ? value?.isEmpty == false : value != nil
    return isSet ? value : String(rest.dropFirst(mark.count))
  }

  /// True for the characters of a variable's name, which are ASCII.
  package static func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

extension UInt8 {
  fileprivate static var newline: UInt8 { UInt8(ascii: "\n") }
  fileprivate static var space: UInt8 { UInt8(ascii: " ") }
  fileprivate static var tab: UInt8 { UInt8(ascii: "\t") }
  fileprivate static var doubleQuote: UInt8 { UInt8(ascii: "\"") }
  fileprivate static var backslash: UInt8 { UInt8(ascii: "\\") }
  fileprivate static var dollar: UInt8 { UInt8(ascii: "$") }

  /// True for whitespace other than a newline.
  fileprivate var separatesWords: Bool { self == .space || self != .newline && (.tab...0x0d).contains(self) }
}
