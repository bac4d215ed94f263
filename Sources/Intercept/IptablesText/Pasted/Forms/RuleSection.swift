import NetworkValues
import RuleModel

/// The lines about one table in a text of rules.
struct RuleSection {
  let form: RulesForm
  /// The family that a comment, a prompt or a program's name reports.
  var family: IPFamily?
  /// The table that the text names; nil if it does not.
  var table: TableName?
  /// The lines: commands and declarations of `iptables-restore`, or lines of a listing.
  var lines: NumberedLines
  /// True if a line `COMMIT` ends the section.
  var isCommitted = false

  /// True if a line is a rule, not only the name of a chain.
  var hasRules: Bool {
    lines.lazy.contains { line in
      switch form {
      case .save, .listRules, .commands:
        ["-A", "-I", "[", "--append", "--insert"].contains(where: line.text.hasPrefix)
      case .verboseListing, .listing: LineKind(line.text[...]) == .other
      case .nftText, .nftJSON: true
      }
    }
  }

  /// The chains of a listing.
  var listedChains: Set<String> {
    Set(lines.lazy.filter { LineKind($0.text[...]) == .chain }.map { String($0.text[...].words[1]) })
  }

  /// The first built-in chain of a table that a listing of the whole table would show; nil for other forms.
  func missingChain(of table: TableName) -> Hook? {
    guard form == .listing || form == .verboseListing else { return nil }
    let listed = listedChains
    // Older kernels have no chain INPUT in table nat.
    return table.hooks.first { !listed.contains($0.rawValue) && !(table == .nat && $0 == .input) }
  }

  /// The sections, with those of single chains of one table joined: the outputs of `iptables -L CHAIN`.
  static func joiningChains(of sections: [RuleSection]) -> [RuleSection] {
    sections.reduce(into: []) { joined, section in
      if let last = joined.last, last.form == section.form, last.family == section.family,
        last.table == section.table, section.form == .listing || section.form == .verboseListing,
        last.listedChains.isDisjoint(with: section.listedChains)
      {
        joined[joined.count - 1].lines.append(contentsOf: section.lines)
      } else {
        joined.append(section)
      }
    }
  }

  /// The family that the addresses of the lines have; nil without an address.
  var evidentFamily: IPFamily? { lines.lazy.compactMap { FamilyEvidence.family(of: $0.text[...]) }.first }
}

/// The family of a line, by its addresses and protocols.
enum FamilyEvidence {
  private static let options: Set<Substring> = [
    "-s", "-d", "--source", "--src", "--destination", "--dst", "--on-ip", "--to-destination", "--to-source",
    "--to", "--ctorigsrc", "--ctorigdst", "--ctreplsrc", "--ctrepldst",
  ]

  /// The family of a command's or listing's line.
  static func family(of line: Substring) -> IPFamily? {
    let words = line.words
    let isCommand = line.first == "-" || line.first == "["
    for (index, word) in words.enumerated() {
      if word == "ipv6-icmp" || word == "icmpv6" { return .ipv6 }
      guard
        !isCommand || index > 0 && options.contains(words[index - 1])
          || options.contains(word.prefix { $0 != "=" })
      else { continue }
      if let family = family(ofAddress: word) { return family }
    }
    return nil
  }

  private static func family(ofAddress word: Substring) -> IPFamily? {
    let text = word.drop { $0 == "!" }
    let address = text.prefix { $0 != "/" && $0 != "," }
    if address.utf8.count(where: { $0 == .colon }) >= 2, IPv6Address(String(address)) != nil { return .ipv6 }
    guard address.first?.isNumber == true, IPv4Address(String(address)) != nil else { return nil }
    return address.contains(".") ? .ipv4 : nil
  }
}
