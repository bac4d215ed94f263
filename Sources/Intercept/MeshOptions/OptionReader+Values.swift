package import MeshRules
public import NetworkValues
import TextOutput

/// The kinds of values that several options have.
extension OptionReader {
  /// A port to listen on or to connect to.
  public mutating func port(_ option: OptionName, default: Port) -> Port { port(option) ?? `default` }

  /// A port; nil if the option is not given.
  package mutating func port(_ option: OptionName) -> Port? {
    value(option, wanted: Self.portWanted, Self.port)
  }

  /// The ports of a repeated option.
  package mutating func everyPort(_ option: OptionName) -> [Port] {
    values(option, wanted: Self.portWanted, Self.port)
  }

  private static let portWanted = "give a port 1-65535"

  private static func port(_ text: String) -> Port? { Port(text).flatMap { $0 == 0 ? nil : $0 } }

  /// A truth value; false if it is not given.
  public mutating func toggle(_ option: OptionName) -> Bool {
    value(option, wanted: "give true or false", Bool.init(goText:)) ?? false
  }

  /// A duration as Go writes it.
  package mutating func duration(_ option: OptionName, default: Duration) -> Duration {
    value(option, wanted: "give a time like 5s, 500ms or 1m30s, 24h at most", Duration.init(goText:))
      ?? `default`
  }

  /// A release of Istio.
  package mutating func release(_ option: OptionName) -> IstioRelease? {
    let known = IstioRelease.known
    return value(
      option, wanted: "give one from 1.\(known.lowerBound) to 1.\(known.upperBound)", IstioRelease.init)
  }

  /// The text of an option, as it is.
  package func text(_ option: OptionName) -> String? { options[option]?.text }

  /// The texts of a repeated option, as they are.
  package func texts(_ option: OptionName) -> [String] { options.all(option).map(\.text) }

  /// One word of a few.
  ///
  /// - Parameters:
  ///   - option: the option to read.
  ///   - choices: the words and their values; messages leave the empty one out.
  public mutating func choice<Value>(_ option: OptionName, _ choices: [(String, Value)]) -> Value? {
    value(option, wanted: Self.oneOf(choices.map(\.0).filter { !$0.isEmpty })) { text in
      choices.first { $0.0 == text }?.1
    }
  }

  /// One case of an enumeration, by its raw value.
  package mutating func choice<Value: CaseIterable & RawRepresentable>(
    _ option: OptionName, default: Value
  ) -> Value where Value.RawValue == String {
    choice(option, Value.allCases.map { ($0.rawValue, $0) }) ?? `default`
  }

  private static func oneOf(_ words: [String]) -> String {
    "give " + words.listed("or")
  }

  static let portsWanted = "give ports 1-65535, ranges like 8000:8100"

  package mutating func ports(_ option: OptionName) -> [PortRange] {
    list(option, of: "a port", wanted: Self.portsWanted, explain: Self.reversed, portRange(option))
  }

  package mutating func portsOrStar(_ option: OptionName) -> [PortRange]? {
    listOrStar(
      option, of: "a port", wanted: Self.portsWanted, explain: Self.reversed, portRange(option))
  }

  /// The reader of a port list's items. Istio's injector accepts port 0 in a manifest.
  private func portRange(_ option: OptionName) -> (String) -> PortRange? {
    let acceptsZero = options.origin(of: option) == .manifest
    return { (item: String) -> PortRange? in
      acceptsZero && item == "0" ? PortRange(Port(rawValue: 0)) : PortRange(optionText: item)
    }
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
      // Control characters in a name would reach the terminal that prints it.
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

  /// Numbers of users or groups, or names that `find` resolves.
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
    let parts = text.utf8.split(separator: .colon, omittingEmptySubsequences: false).map {
      Port(String(Substring($0)))
    }
    guard let first = parts.first ?? nil, let last = parts.last ?? nil, parts.count <= 2, first != 0 else {
      return nil
    }
    self.init(from: first, to: last)
  }
}
