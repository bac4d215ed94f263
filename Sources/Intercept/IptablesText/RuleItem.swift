import NetworkValues
import RuleModel

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
  /// What is known of the extension; nil where it, or what it was given, is not modelled.
  private(set) var known: KnownExtension?
  /// The options read so far, if it is known.
  var draft: (any ExtensionDraft)?
  /// The words of its options, by number: what is left of it where it is not modelled.
  var words: [Range<Int>] { (firstWords.map { [$0] } ?? []) + moreWords }
  /// The first words, which mostly are all of them.
  private var firstWords: Range<Int>?
  private var moreWords: [Range<Int>] = []

  init(_ kind: Kind, name: String, position: Int, known: KnownExtension?) {
    self.kind = kind
    self.name = name
    self.position = position
    self.known = known
    draft = known?.emptyDraft
  }

  /// The item as it begins in a rule: `-m tcp`.
  var label: String {
    switch kind {
    case .match: "-m \(name)"
    case .target: "-j \(name)"
    }
  }

  /// Whether the item is kept as text.
  var isOpaque: Bool { known == nil }

  /// Keeps the item as text from here on.
  mutating func becomeOpaque() {
    known = nil
    draft = nil
  }

  /// Takes words as the extension's own.
  mutating func add(_ range: Range<Int>) {
    if let first = firstWords, moreWords.isEmpty, first.upperBound == range.lowerBound {
      firstWords = first.lowerBound..<range.upperBound
    } else if firstWords == nil {
      firstWords = range
    } else {
      moreWords.append(range)
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

  /// Whether a match that needs `-p` before its options has one whose name begins so.
  static func someOption(begins name: String) -> Bool {
    let ports = [
      "--source-port", "--sport", "--destination-port", "--dport", "--syn", "--tcp-flags", "--tcp-option",
    ]
    return ports.contains { $0.hasPrefix(name) }
      || all.values.contains { $0.options.contains { $0.hasPrefix(name) } }
  }
}

/// Targets that iptables has and this program does not model: `-j LOG` is no jump to a chain, and no chain may
/// have such a name.
let foreignTargets: Set<String> = [
  "AUDIT", "CHECKSUM", "CLASSIFY", "CLUSTERIP", "CONNSECMARK", "DNAT", "DNPT", "DSCP", "ECN", "HL",
  "HMARK", "IDLETIMER", "LED", "LOG", "MASQUERADE", "NETMAP", "NFLOG", "NFQUEUE", "NOTRACK",
  "QUEUE",
  "RATEEST", "REJECT", "SECMARK", "SET", "SNAT", "SNPT", "SYNPROXY", "TCPMSS", "TCPOPTSTRIP", "TEE",
  "TOS", "TRACE", "TTL", "ULOG",
]
