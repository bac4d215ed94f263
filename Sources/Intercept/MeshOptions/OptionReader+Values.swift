public import NetworkValues
import TextOutput

/// The kinds of values that several options share.
extension OptionReader {
  /// A port that something listens on.
  public mutating func port(_ option: OptionName, default: Port) -> Port {
    value(option, wanted: "give a port 1-65535") { Port($0).flatMap { $0 == 0 ? nil : $0 } } ?? `default`
  }

  /// A truth value; one that nobody gave is false.
  public mutating func toggle(_ option: OptionName) -> Bool {
    value(option, wanted: "give true or false", Bool.init(goText:)) ?? false
  }

  /// One word of a few.
  ///
  /// - Parameters:
  ///   - option: the option to read.
  ///   - choices: the words and what each means; the empty one need not be named in messages.
  public mutating func choice<Value>(_ option: OptionName, _ choices: [(String, Value)]) -> Value? {
    value(option, wanted: Self.oneOf(choices.map(\.0).filter { !$0.isEmpty })) { text in
      choices.first { $0.0 == text }?.1
    }
  }

  private static func oneOf(_ words: [String]) -> String {
    "give " + words.dropLast().joined(separator: ", ") + (words.count > 1 ? " or " : "") + (words.last ?? "")
  }

  static let portsWanted = "give ports 1-65535, ranges like 8000:8100"

  package mutating func ports(_ option: OptionName) -> [PortRange] {
    list(option, of: "a port", wanted: Self.portsWanted, explain: Self.reversed, PortRange.init(optionText:))
  }

  package mutating func portsOrStar(_ option: OptionName) -> [PortRange]? {
    listOrStar(
      option, of: "a port", wanted: Self.portsWanted, explain: Self.reversed, PortRange.init(optionText:))
  }

  private static func reversed(_ item: String) -> String? {
    let ends = item.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard ends.count == 2, let turned = PortRange(optionText: "\(ends[1]):\(ends[0])") else { return nil }
    return "runs backwards; give \(turned.text)"
  }

  mutating func interfaces(_ option: OptionName) -> [InterfacePattern] {
    list(
      option, of: "an interface",
      wanted:
        "give names of 1-\(InterfacePattern.longest) bytes without blanks, /, : or quotes, like eth0 or veth+",
      // A name with control characters in it would speak to the terminal it is printed on.
      { $0 == $0.onOneLine ? InterfacePattern($0) : nil })
  }

  /// A comma list of blocks of addresses.
  mutating func cidrs(_ option: OptionName) -> [CIDR] {
    list(option, of: "a CIDR", wanted: Self.cidrsWanted, explain: Self.maskless, CIDR.init)
  }

  mutating func writtenCIDRsOrStar(_ option: OptionName) -> [WrittenCIDR]? {
    listOrStar(option, of: "a CIDR", wanted: Self.cidrsWanted, explain: Self.maskless, WrittenCIDR.init)
  }

  private static let cidrsWanted = "give blocks like 10.0.0.0/8 or 2001:db8::/32"

  private static func maskless(_ item: String) -> String? {
    IPAddress(item).map { "has no mask; for this address alone give \(CIDR(host: $0))" }
  }

  /// Numbers of users or groups, or names that `find` knows.
  mutating func owners<ID: OwnerID>(_ option: OptionName, of what: String, find: (String) -> ID?) -> [ID] {
    list(option, of: what, wanted: Self.ownersWanted) { ID($0) ?? find($0) }
  }

  mutating func ownersOrStar<ID: OwnerID>(_ option: OptionName, of what: String, find: (String) -> ID?)
    -> [ID]?
  {
    listOrStar(option, of: what, wanted: Self.ownersWanted) { ID($0) ?? find($0) }
  }

  private static let ownersWanted = "give numbers 0-4294967294, or names this system knows"
}

extension PortRange {
  /// Reads `80` or `8000:8100`, ports from 1.
  init?(optionText text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Port(String($0)) }
    guard let first = parts.first ?? nil, let last = parts.last ?? nil, parts.count <= 2, first != 0 else {
      return nil
    }
    self.init(from: first, to: last)
  }
}
