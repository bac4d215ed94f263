import NetworkValues
import RuleModel

/// A match or target of the rule being read.
struct RuleItem {
  enum Kind {
    /// `-m NAME`.
    case match
    /// `-j NAME`.
    case target
  }

  let kind: Kind
  let name: String
  /// The position of errors about the whole item.
  let position: Int
  /// The extension; nil if it or one of its options is not modelled.
  private(set) var known: KnownExtension?
  /// The options read so far; nil for an opaque item.
  var draft: (any ExtensionDraft)?
  /// The indices of the words of its options, from which the text of an opaque item is made.
  var words: [Range<Int>] { (firstWords.map { [$0] } ?? []) + moreWords }
  /// The first words, in most cases all of them.
  private var firstWords: Range<Int>?
  private var moreWords: [Range<Int>] = []

  init(_ kind: Kind, name: String, position: Int, known: KnownExtension?) {
    self.kind = kind
    self.name = name
    self.position = position
    self.known = known
    draft = known?.emptyDraft
  }

  /// The item's first words in a rule: `-m tcp`.
  var label: String {
    switch kind {
    case .match: "-m \(name)"
    case .target: "-j \(name)"
    }
  }

  /// True if the item is kept as text.
  var isOpaque: Bool { known == nil }

  /// Changes the item to text.
  mutating func becomeOpaque() {
    known = nil
    draft = nil
  }

  /// Adds words to the item.
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

/// Opaque extensions that `-p` loads implicitly, with their options.
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

  /// True if a match that `-p` loads has an option with this prefix.
  static func someOption(begins name: String) -> Bool {
    let ports = [
      "--source-port", "--sport", "--destination-port", "--dport", "--syn", "--tcp-flags", "--tcp-option",
    ]
    return ports.contains { $0.hasPrefix(name) }
      || all.values.contains { $0.options.contains { $0.hasPrefix(name) } }
  }
}

/// Targets of iptables that are not modelled. No chain can have such a name: `-j LOG` is not a jump.
let foreignTargets: Set<String> = [
  "AUDIT", "CHECKSUM", "CLASSIFY", "CLUSTERIP", "CONNSECMARK", "DNAT", "DNPT", "DSCP", "ECN", "HL",
  "HMARK", "IDLETIMER", "LED", "LOG", "MASQUERADE", "NETMAP", "NFLOG", "NFQUEUE", "NOTRACK",
  "QUEUE",
  "RATEEST", "REJECT", "SECMARK", "SET", "SNAT", "SNPT", "SYNPROXY", "TCPMSS", "TCPOPTSTRIP", "TEE",
  "TOS", "TRACE", "TTL", "ULOG",
]

/// The options of matches and targets.
extension RuleReader {
  /// Reads an option of a match or target as `getopt_long` does: an exact name first, then an unambiguous abbreviation.
  mutating func readExtensionOption(_ name: String, attached: String?) throws(ParseError) {
    if let current, items[current].isOpaque {
      // The options of an opaque extension are unknown, so every option is taken as one of them.
      keep(next - 1..<next, in: current)
    } else if let owner = owner(of: name) {
      try read(owner.option, of: owner.item, as: name, attached: attached)
    } else if let item = implicitItem({ $0.option(named: name) != nil }, { $0.contains(name) }) {
      start(item)
      try readExtensionOption(name, attached: attached)
    } else if let found = try abbreviated(name) {
      try found.isCore
        ? readCore(found.name, attached: attached) : readExtensionOption(found.name, attached: attached)
    } else {
      try readUnknown(name)
    }
  }

  private mutating func readCore(_ name: String, attached: String?) throws(ParseError) {
    guard let syntax = CoreSyntax.byName[name] else { return }
    try read(syntax, as: name, attached: attached)
  }

  /// Reads an unknown option: an option of the last extension, which becomes opaque, or a mistake.
  mutating func readUnknown(_ name: String) throws(ParseError) {
    guard !ImplicitExtensions.someOption(begins: name) else {
      throw parseError(at: next - 1, "'\(name)' needs '-p' with its protocol before it")
    }
    if let current {
      items[current].becomeOpaque()
      keep(next - 1..<next, in: current)
    } else if let item = items.lastIndex(where: { $0.isOpaque }) {
      keep(next - 1..<next, in: item)
    } else {
      throw parseError(
        at: next - 1, "'\(name)' is not an option of iptables, nor of a match or target before it")
    }
  }

  /// The last item with an option of exactly this name.
  func owner(of name: String) -> (item: Int, option: Int)? {
    if let current, items[current].isOpaque { return nil }
    for index in items.indices.reversed() {
      if let option = items[index].known?.option(named: name) { return (index, option) }
    }
    return nil
  }

  /// The match that `-p` loads implicitly for one of its options, unless the rule has it already.
  private func implicitItem(
    _ isIn: (KnownExtension) -> Bool, _ isAmong: ([String]) -> Bool
  ) -> RuleItem? {
    guard let proto = context.proto?.value else { return nil }
    let position = words[next - 1].bytes.lowerBound
    if proto == .tcp || proto == .udp, let known = KnownExtensions.matches[proto.description] {
      guard isIn(known), !items.contains(where: { $0.name == proto.description }) else { return nil }
      return RuleItem(.match, name: proto.description, position: position, known: known)
    }
    guard let known = ImplicitExtensions.all[proto], isAmong(known.options),
      !items.contains(where: { $0.name == known.name })
    else { return nil }
    return RuleItem(.match, name: known.name, position: position, known: nil)
  }
}

/// Abbreviated names.
extension RuleReader {
  /// The full name of an abbreviated option; nil if no option matches.
  ///
  /// As in iptables, the match that `-p` implies is considered last.
  private func abbreviated(_ prefix: String) throws(ParseError) -> (name: String, isCore: Bool)? {
    var names = CoreSyntax.all.compactMap { syntax in syntax.names.first { $0.hasPrefix(prefix) } }
    let coreCount = names.count
    for known in items.compactMap(\.known) { names.append(new: known.options(beginning: prefix)) }
    if names.count != 1, let known = implicitItem({ _ in true }, { _ in true })?.known {
      names.append(new: known.options(beginning: prefix))
    }
    guard names.count <= 1 else {
      let choices = names.map { "'\($0)'" }.joined(separator: " or ")
      throw parseError(at: next - 1, "'\(prefix)' could be \(choices)")
    }
    return names.first.map { ($0, coreCount == 1) }
  }
}

extension [String] {
  /// Appends the names that are new.
  fileprivate mutating func append(new names: [String]) {
    self += names.filter { !contains($0) }
  }
}

/// Arguments of extensions.
extension RuleReader {
  mutating func read(
    _ option: Int, of item: Int, as name: String, attached: String?
  ) throws(ParseError) {
    let index = next - 1
    let firstWord = bang ?? index
    let argument = try joinedArguments(of: option, of: item, as: name, attached: attached)
    let isNegated = takeNegation()
    items[item].add(firstWord..<next)
    current = item
    do throws(ExtensionProblem) {
      let given: Condition<String> = isNegated ? .not(argument.text) : .is(argument.text)
      try items[item].draft?.read(option, given, in: context)
    } catch .notModelled {
      items[item].becomeOpaque()
    } catch .wants(let wanted) {
      throw ParseError(argument, name, wants: wanted)
    } catch .otherFamily(let wanted) {
      throw ParseError(argument, name, wantsFamily: wanted)
    } catch {
      throw parseError(at: index, error.sentence(about: name))
    }
  }

  /// All words of an option's argument, as one.
  private mutating func joinedArguments(
    of option: Int, of item: Int, as name: String, attached: String?
  ) throws(ParseError) -> Token {
    let count = items[item].known?.options[option].wordCount ?? 0
    guard count > 0 else {
      guard attached == nil else { throw parseError(at: next - 1, "'\(name)' takes no argument") }
      return Token(text: "", bytes: words[next - 1].bytes)
    }
    var word = try argument(of: name, attached: attached)
    for _ in 1..<count {
      let text = "\(word.text) \(try argument(of: name, attached: nil).text)"
      word = Token(text: text, bytes: word.bytes)
    }
    return word
  }
}

extension ExtensionProblem {
  /// The message for a problem of an option rather than its argument.
  func sentence(about name: String) -> String {
    switch self {
    case .wants(let wanted): "'\(name)' needs \(wanted)"
    case .otherFamily(let wanted): "'\(name)' needs an \(wanted) address"
    case .notNegatable: "'\(name)' cannot be negated"
    case .repeated: "'\(name)' is given twice"
    case .notModelled: "'\(name)' is not supported"
    case .because(let reason): reason
    }
  }
}
