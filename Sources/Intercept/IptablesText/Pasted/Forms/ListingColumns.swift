import NetworkValues

/// The columns of a listing of `iptables -L`, from its line of column names.
struct ListingColumns {
  let hasNumbers: Bool
  let hasCounters: Bool
  let hasInterfaces: Bool

  /// Reads `num pkts bytes target prot opt in out source destination`; without such a line, no optional columns.
  init(_ header: Substring) {
    let names = header.words
    hasNumbers = names.contains("num")
    hasCounters = names.contains("pkts")
    hasInterfaces = names.contains("in") && names.contains("out")
  }

  /// A rule's line, split into columns.
  struct Row {
    /// The target; nil if the rule has none.
    var target: Substring?
    var proto: Substring
    /// `--`, `-f` or `!f`; nil where ip6tables leaves the column blank.
    var options: Substring?
    var inInterface: Substring?
    var outInterface: Substring?
    var source: Substring
    var destination: Substring
    /// The conditions and options of matches and target.
    var rest: Substring
    var counters: Counters?
  }

  /// True for a line that may be a rule's in some listing.
  static func mayBeRow(_ line: Substring) -> Bool {
    let words = line.words
    guard words.count >= 3 else { return false }
    return words.prefix(7).contains { ["--", "-f", "!f"].contains($0) } || words.count(where: isAddress) >= 2
  }

  /// Splits a line; nil if it is not a rule's.
  func row(_ line: Substring) -> Row? {
    var (words, counters): ([Substring], Counters?) = (line.words, nil)
    if hasNumbers { words = Array(words.dropFirst()) }
    if hasCounters {
      guard words.count > 2 else { return nil }
      if let packets = UInt64(words[0]), let bytes = UInt64(words[1]) {
        counters = Counters(packets: packets, bytes: bytes)
      }
      words = Array(words.dropFirst(2))
    }
    let layouts = [(true, true), (false, true), (true, false), (false, false)]
    for (hasTarget, hasOptions) in layouts {
      guard var row = row(words, in: line, hasTarget: hasTarget, hasOptions: hasOptions) else { continue }
      row.counters = counters
      return row
    }
    return nil
  }

  private func row(_ words: [Substring], in line: Substring, hasTarget: Bool, hasOptions: Bool) -> Row? {
    var words = words[...]
    let count = (hasTarget ? 1 : 0) + 1 + (hasOptions ? 1 : 0) + (hasInterfaces ? 2 : 0) + 2
    guard words.count >= count else { return nil }
    let target = hasTarget ? words.popFirst() : nil
    guard let proto = words.popFirst() else { return nil }
    let options = hasOptions ? words.popFirst() : nil
    if hasOptions { guard let options, ["--", "-f", "!f"].contains(options) else { return nil } }
    let inInterface = hasInterfaces ? words.popFirst() : nil
    let outInterface = hasInterfaces ? words.popFirst() : nil
    guard let source = words.popFirst(), let destination = words.popFirst() else { return nil }
    guard hasOptions || Self.isAddress(source) && Self.isAddress(destination) else { return nil }
    return Row(
      target: target, proto: proto, options: options, inInterface: inInterface, outInterface: outInterface,
      source: source, destination: destination, rest: line[destination.endIndex...].droppingBlanks)
  }

  /// True for an address, a block, or a name that iptables prints for one.
  private static func isAddress(_ word: Substring) -> Bool {
    let text = word.drop { $0 == "!" }
    return ListingNames.isEverything(text) || ListingNames.block(text, .ipv4) != nil
  }
}

/// Names of addresses in listings without `-n`.
enum ListingNames {
  static let loopback: Set<String> = [
    "localhost", "ip6-localhost", "ip6-loopback", "localhost.localdomain", "localhost6",
  ]

  static func isEverything(_ text: Substring) -> Bool {
    ["anywhere", "0.0.0.0/0", "::/0", "default"].contains(text)
  }

  /// The address or block of a name; nil if it is not known.
  static func block(_ text: Substring, _ family: IPFamily) -> CIDR? {
    if loopback.contains(String(text)) { return CIDR(host: .localhost(family)) }
    if let (network, prefix) = networks.first(where: { text.hasPrefix($0.key + "/") }) {
      return CIDR(prefix + text.dropFirst(network.count))
    }
    return CIDR(String(text)) ?? IPAddress(String(text)).map(CIDR.init(host:))
  }

  /// Networks of Debian's /etc/networks.
  private static let networks = ["loopback": "127.0.0.0", "link-local": "169.254.0.0", "default": "0.0.0.0"]
}
