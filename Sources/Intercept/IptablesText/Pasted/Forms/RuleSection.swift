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
  /// Numbers of lines that report a gap in the section.
  var gaps: [Int] = []

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

  /// The chains that a listing or the output of `iptables -S` declares; nil for other forms.
  private var listedChains: Set<String>? {
    switch form {
    case .listing, .verboseListing:
      Set(lines.lazy.filter { LineKind($0.text[...]) == .chain }.map { String($0.text[...].words[1]) })
    case .listRules:
      Set(
        lines.lazy.filter { $0.text.hasPrefix("-P ") || $0.text.hasPrefix("-N ") }.map {
          String($0.text[...].words[1])
        })
    case .save, .commands, .nftText, .nftJSON: nil
    }
  }

  /// The first built-in chain of a table that a listing of the whole table would show; nil for other forms, and for rules
  /// of `iptables -S` without the policies of chains.
  func missingChain(of table: TableName) -> Hook? {
    guard let listed = listedChains else { return nil }
    guard form != .listRules || table.hooks.contains(where: { listed.contains($0.rawValue) }) else {
      return nil
    }
    // Older kernels have no chain INPUT in table nat.
    return table.hooks.first { !listed.contains($0.rawValue) && !(table == .nat && $0 == .input) }
  }

  /// The sections, with those of single chains of one table joined: the outputs of `iptables -L CHAIN` and
  /// `iptables -S CHAIN`.
  static func joiningChains(of sections: [RuleSection]) -> [RuleSection] {
    sections.reduce(into: []) { joined, section in
      if let last = joined.last, last.isContinued(by: section) {
        joined[joined.count - 1].lines.append(contentsOf: section.lines)
        joined[joined.count - 1].gaps += section.gaps
      } else {
        joined.append(section)
      }
    }
  }

  /// True if the next section may show other chains of the same table.
  private func isContinued(by next: RuleSection) -> Bool {
    guard form == next.form, family == next.family, table == next.table, let listed = listedChains,
      let others = next.listedChains, !listed.isEmpty, !others.isEmpty, listed.isDisjoint(with: others)
    else { return false }
    guard let family = evidentFamily, let other = next.evidentFamily else { return true }
    return family == other
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
