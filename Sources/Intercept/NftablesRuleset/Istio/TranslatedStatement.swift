import NetworkValues
import RuleModel

/// The targets REJECT and LOG of iptables, which `nft` prints as its own statements.
struct TranslatedStatement {
  /// The target and its options, as `iptables-save` prints them.
  let iptablesText: String

  /// Nil for another statement, or one with options that the target does not have.
  ///
  /// - Parameters:
  ///   - text: the statement as `nft` prints it: `reject with tcp reset`, `log prefix "x: "`.
  ///   - family: the family of the rule.
  init?(_ text: String, _ family: IPFamily) {
    var words = text.words
    guard !words.isEmpty else { return nil }
    let name = words.removeFirst()
    let options: String?
    switch name {
    case "reject": options = Self.rejection(words, family)
    case "log": options = Self.logging(words)
    default: return nil
    }
    guard let options else { return nil }
    iptablesText = name.uppercased() + options
  }

  private static func rejection(_ words: [String], _ family: IPFamily) -> String? {
    let answer = words.filter { $0 != "type" }.joined(separator: " ")
    let known = family == .ipv4 ? answersOfIPv4 : answersOfIPv6
    if answer == "with tcp reset" { return " --reject-with tcp-reset" }
    let code = answer.isEmpty ? "port-unreachable" : answer.split(separator: " ").last.map(String.init)
    return code.flatMap { known[$0] }.map { " --reject-with \($0)" }
  }

  private static let answersOfIPv4 = [
    "net-unreachable": "icmp-net-unreachable", "host-unreachable": "icmp-host-unreachable",
    "prot-unreachable": "icmp-proto-unreachable", "port-unreachable": "icmp-port-unreachable",
    "net-prohibited": "icmp-net-prohibited", "host-prohibited": "icmp-host-prohibited",
    "admin-prohibited": "icmp-admin-prohibited",
  ]

  private static let answersOfIPv6 = [
    "no-route": "icmp6-no-route", "admin-prohibited": "icmp6-adm-prohibited",
    "addr-unreachable": "icmp6-addr-unreachable", "port-unreachable": "icmp6-port-unreachable",
    "policy-fail": "icmp6-policy-fail", "reject-route": "icmp6-reject-route",
  ]

  private static func logging(_ words: [String]) -> String? {
    var (prefix, level, flags) = ("", "", [String]())
    var rest = words[...]
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else { return nil }
      switch name {
      case "prefix": prefix = " --log-prefix \(value)"
      case "level":
        guard let number = levels.firstIndex(of: value) else { return nil }
        level = number == 4 ? "" : " --log-level \(number)"
      case "flags":
        let list = value == "tcp" || value == "ip" ? rest.popFirst() ?? "" : value
        for flag in list.split(separator: ",") {
          guard let option = flagOptions["\(value == list ? "" : "\(value) ")\(flag)"] else { return nil }
          flags.append(" \(option)")
        }
      default: return nil
      }
    }
    return prefix + level + flags.joined()
  }

  private static let levels = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"]

  private static let flagOptions = [
    "tcp sequence": "--log-tcp-sequence", "tcp options": "--log-tcp-options",
    "ip options": "--log-ip-options",
    "skuid": "--log-uid", "ether": "--log-macdecode",
  ]
}

extension String {
  /// The words, of which those in quotation marks keep their blanks; marks that are not needed are dropped.
  fileprivate var words: [String] {
    var (words, word, isQuoted) = ([String](), "", false)
    for character in self {
      switch character {
      case "\"":
        isQuoted.toggle()
        word.append(character)
      case " " where !isQuoted:
        if !word.isEmpty { words.append(word) }
        word = ""
      default: word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return words.map { $0.contains(" ") ? $0 : $0.filter { $0 != "\"" } }
  }
}
