/// A match or target of a rule that is being read.
struct RuleItem {
  /// What stands before the name.
  enum Kind {
    case match, target
  }

  let kind: Kind
  let name: String
  /// Where errors about the whole of it point.
  let position: Int
  /// The options read so far; nil where the extension, or what it was given, is not modelled.
  var draft: (any ExtensionDraft)?
  /// The words of its options, by number: what is left of it where it is not modelled.
  private(set) var words: [Range<Int>] = []

  init(_ kind: Kind, name: String, position: Int, draft: (any ExtensionDraft)?) {
    self.kind = kind
    self.name = name
    self.position = position
    self.draft = draft
  }

  /// Takes words as the extension's own.
  mutating func add(_ range: Range<Int>) {
    if let last = words.last, last.upperBound == range.lowerBound {
      words[words.count - 1] = last.lowerBound..<range.upperBound
    } else {
      words.append(range)
    }
  }
}

/// Extensions that are not modelled and that `-p` loads by itself, with their options.
enum ImplicitExtensions {
  static let all: [IPProtocol: (name: String, options: [String])] = [
    .icmp: ("icmp", ["--icmp-type"]),
    .icmpv6: ("icmp6", ["--icmpv6-type"]),
    .sctp: ("sctp", ["--source-port", "--sport", "--destination-port", "--dport", "--chunk-types"]),
    .dccp: (
      "dccp", ["--source-port", "--sport", "--destination-port", "--dport", "--dccp-types", "--dccp-option"]
    ),
    IPProtocol(rawValue: 50): ("esp", ["--espspi"]),
    IPProtocol(rawValue: 51): ("ah", ["--ahspi", "--ahlen", "--ahres"]),
    IPProtocol(rawValue: 108): ("ipcomp", ["--ipcompspi", "--compres"]),
    IPProtocol(rawValue: 135): ("mh", ["--mh-type"]),
  ]
}

/// Targets that iptables has and this program does not model: `-j LOG` is no jump to a chain.
let foreignTargets: Set<String> = [
  "AUDIT", "BALANCE", "CHECKSUM", "CLASSIFY", "CLUSTERIP", "CONNSECMARK", "DNAT", "DNPT", "DSCP", "ECN", "HL",
  "HMARK", "IDLETIMER", "LED", "LOG", "MASQUERADE", "MIRROR", "NETMAP", "NFLOG", "NFQUEUE", "NOTRACK",
  "QUEUE",
  "RATEEST", "REJECT", "SAME", "SECMARK", "SET", "SNAT", "SNPT", "SYNPROXY", "TCPMSS", "TCPOPTSTRIP", "TEE",
  "TOS", "TRACE", "TTL", "ULOG",
]
