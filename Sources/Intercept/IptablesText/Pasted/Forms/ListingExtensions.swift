import NetworkValues
import RuleModel

/// The matches and target options of a rule in a listing, as iptables' extensions print them without their options' names.
struct ListingExtensions {
  /// The matches as options, each after a blank.
  private(set) var matches = ""
  private(set) var targetOptions = ""
  private(set) var isGoto = false
  /// Text that is not understood.
  private(set) var unknown: [String] = []
  private let target: String
  private let names: NameResolver
  private let proto: IPProtocol?
  private var words: ArraySlice<Substring>
  private var isNegated = false

  init(_ row: ListingColumns.Row, _ family: IPFamily, names: NameResolver) {
    target = row.target.map(String.init) ?? ""
    proto = IPProtocol(String(row.proto.drop { $0 == "!" }), names: names)
    words = row.rest.words[...]
    self.names = names
  }

  mutating func read() {
    while let word = words.popFirst() {
      let before = words
      if readTarget(word) || readMatch(word) { continue }
      // The rest cannot be split without knowing the extension.
      unknown.append(([word] + before).joined(separator: " "))
      words = []
    }
  }

  private mutating func readMatch(_ word: Substring) -> Bool {
    defer { if word != "!" { isNegated = false } }
    switch word {
    case "!": isNegated = true
    case "/*": readComment()
    case "[goto]": isGoto = true
    case "tcp", "udp", "sctp", "dccp", "udplite": readPorts(of: word)
    case "multiport": return readMultiport()
    case "owner": return readOwner()
    case "mark", "connmark": return readMark(word)
    case "state": add("state", "--state", next())
    case "icmp", "icmptype", "ipv6-icmptype": return readICMP(word)
    case "ADDRTYPE": return readAddressType()
    case "limit:": return readLimit()
    case "statistic": return readStatistic()
    default: return readConntrack(word)
    }
    return true
  }

  /// The next word; empty at the end.
  private mutating func next() -> String { words.popFirst().map(String.init) ?? "" }

  /// Takes a word if it is the next one.
  private mutating func takes(_ word: Substring) -> Bool {
    guard words.first == word else { return false }
    words = words.dropFirst()
    return true
  }

  /// Adds a match with one option.
  private mutating func add(_ match: String, _ option: String, _ value: String) {
    let negation = isNegated || value.hasPrefix("!") ? "! " : ""
    matches += " -m \(match) \(negation)\(option) \(String(value.drop { $0 == "!" }).asWord)"
  }

  private mutating func readComment() {
    let end = words.firstIndex(of: "*/") ?? words.endIndex
    matches +=
      " -m comment --comment \"\(words[..<end].joined(separator: " ").filter { $0 != "\"" && $0 != "\\" })\""
    words = words[end...].dropFirst()
  }
}

/// Matches.
extension ListingExtensions {
  private static let portOptions: [(prefix: String, option: String)] = [
    ("spts:", "--sport"), ("dpts:", "--dport"), ("spt:", "--sport"), ("dpt:", "--dport"),
    ("option=", "--tcp-option"),
  ]

  private mutating func readPorts(of proto: Substring) {
    matches += " -m \(proto)"
    while let word = words.first {
      if let (prefix, option) = Self.portOptions.first(where: { word.hasPrefix($0.prefix) }) {
        addPort(option, word.dropFirst(prefix.count), text: "\(proto) \(word)")
      } else if let flags = word.dropping("flags:") {
        matches += "\(flags.first == "!" ? " !" : "") --tcp-flags \(Self.flagLists(flags.drop { $0 == "!" }))"
      } else {
        return
      }
      words = words.dropFirst()
    }
  }

  /// Adds an option with ports; a service without a known number is unknown.
  private mutating func addPort(_ option: String, _ value: Substring, text: String) {
    let ports = value.drop { $0 == "!" }
    guard ports.split(separator: ":").allSatisfy({ isKnownPort($0) }) else { return unknown.append(text) }
    matches += "\(value.first == "!" ? " !" : "") \(option) \(ports)"
  }

  private func isKnownPort(_ text: Substring) -> Bool {
    UInt16(text) != nil || names.port(String(text), proto) != nil
  }

  /// `0x17/0x02` or `FIN,SYN,RST,ACK/SYN` as two lists.
  private static func flagLists(_ text: Substring) -> String {
    text.split(separator: "/").map { side in
      guard let hex = side.dropping("0x"), let bits = UInt8(hex, radix: 16) else { return String(side) }
      let flags = ["FIN", "SYN", "RST", "PSH", "ACK", "URG"].enumerated().filter {
        bits & 1 << $0.offset != 0
      }
      return flags.isEmpty ? "NONE" : flags.map(\.element).joined(separator: ",")
    }.joined(separator: " ")
  }

  private mutating func readMultiport() -> Bool {
    let side = next()
    guard ["dports", "sports", "ports"].contains(side) else { return false }
    if takes("!") { isNegated = true }
    let list = next()
    let ports = list.drop { $0 == "!" }
    guard ports.split(whereSeparator: { $0 == "," || $0 == ":" }).allSatisfy({ isKnownPort($0) }) else {
      unknown.append("multiport \(side) \(list)")
      return true
    }
    add("multiport", "--\(side)", list)
    return true
  }

  private mutating func readOwner() -> Bool {
    let negation = isNegated ? "! " : ""
    let kind = next()
    if kind == "socket" {
      _ = takes("exists")
      matches += " -m owner \(negation)--socket-exists"
      return true
    }
    guard kind == "UID" || kind == "GID", takes("match") else { return false }
    let name = next()
    guard let number = ownerNumber(name, isUser: kind == "UID") else {
      unknown.append("\(negation)owner \(kind) match \(name)")
      return true
    }
    matches += " -m owner \(negation)\(kind == "UID" ? "--uid-owner" : "--gid-owner") \(number)"
    if takes("incl."), takes("suppl."), takes("groups") { matches += " --suppl-groups" }
    return true
  }

  /// The number or range of an owner; nil for a name that cannot be resolved.
  private func ownerNumber(_ name: String, isUser: Bool) -> String? {
    if name.first?.isNumber == true { return name }
    return isUser
      ? names.user(name).map { String($0.rawValue) } : names.group(name).map { String($0.rawValue) }
  }

  private mutating func readMark(_ match: Substring) -> Bool {
    guard takes("match") else { return false }
    if takes("!") { isNegated = true }
    add(String(match), "--mark", next())
    return true
  }

  private mutating func readICMP(_ word: Substring) -> Bool {
    if word == "icmp" { _ = takes("type") }
    if words.first == "code" { return false }
    let isIPv6 = word == "ipv6-icmptype" || proto == .icmpv6
    isIPv6 ? add("icmp6", "--icmpv6-type", next()) : add("icmp", "--icmp-type", next())
    return true
  }

  private mutating func readAddressType() -> Bool {
    guard takes("match") else { return false }
    matches += " -m addrtype"
    while let side = words.first, side == "src-type" || side == "dst-type" {
      words = words.dropFirst()
      let types = next()
      matches += "\(types.hasPrefix("!") ? " !" : "") --\(side) \(types.drop { $0 == "!" })"
    }
    if takes("limit-in") { matches += " --limit-iface-in" }
    if takes("limit-out") { matches += " --limit-iface-out" }
    return true
  }

  private mutating func readLimit() -> Bool {
    guard takes("avg") else { return false }
    matches += " -m limit --limit \(next())"
    if takes("burst") { matches += " --limit-burst \(next())" }
    return true
  }

  private mutating func readStatistic() -> Bool {
    guard takes("mode") else { return false }
    matches += " -m statistic --mode \(next())"
    while let option = words.first, ["probability", "every", "packet"].contains(option) {
      words = words.dropFirst()
      matches += " --\(option) \(next())"
    }
    return true
  }

  private static let conntrackOptions: Set<Substring> = [
    "ctstate", "ctproto", "ctorigsrc", "ctorigdst", "ctreplsrc", "ctrepldst", "ctorigsrcport",
    "ctorigdstport",
    "ctreplsrcport", "ctrepldstport", "ctstatus", "ctexpire", "ctdir",
  ]

  /// The conditions of one `-m conntrack`.
  private mutating func readConntrack(_ first: Substring) -> Bool {
    guard Self.conntrackOptions.contains(first) else { return false }
    add("conntrack", "--\(first)", next())
    while true {
      let isNegated =
        words.first == "!" && words.dropFirst().first.map(Self.conntrackOptions.contains) == true
      let rest = isNegated ? words.dropFirst() : words
      guard let option = rest.first, Self.conntrackOptions.contains(option) else { return true }
      words = rest.dropFirst()
      matches += "\(isNegated ? " !" : "") --\(option) \(next())"
    }
  }
}

/// Targets.
extension ListingExtensions {
  private mutating func readTarget(_ word: Substring) -> Bool {
    switch (target, word) {
    case ("REDIRECT", "redir"):
      guard takes("ports") else { return false }
      targetOptions += " --to-ports \(next())"
    case ("REDIRECT", "random"), ("DNAT", "random"), ("MASQUERADE", "random"): targetOptions += " --random"
    case ("SNAT", "random-fully"), ("MASQUERADE", "random-fully"): targetOptions += " --random-fully"
    case ("DNAT", _) where word.hasPrefix("to:"): targetOptions += " --to-destination \(word.dropFirst(3))"
    case ("SNAT", _) where word.hasPrefix("to:"): targetOptions += " --to-source \(word.dropFirst(3))"
    case ("REJECT", "reject-with"): targetOptions += " --reject-with \(next())"
    case ("MARK", "MARK"), ("CONNMARK", "CONNMARK"): return readSetMark()
    case ("TPROXY", "TPROXY"): return readTProxy()
    case ("CT", "CT"): readCT()
    case ("CT", "NOTRACK"), ("CT", "notrack"): targetOptions += " --notrack"
    case ("LOG", "LOG"): readLog()
    default: return false
    }
    return true
  }

  private mutating func readSetMark() -> Bool {
    let operation = next()
    switch operation {
    case "set": targetOptions += " --set-xmark \(next())"
    case "xset": targetOptions += " --set-xmark \(next())"
    case "and", "or", "xor": targetOptions += " --\(operation)-mark \(next())"
    case "save", "restore":
      targetOptions += " --\(operation)-mark"
      while let mask = words.first, ["mask", "nfmask", "ctmask"].contains(mask) {
        words = words.dropFirst()
        targetOptions += " --\(mask) \(next())"
      }
    default: return false
    }
    return true
  }

  /// `TPROXY redirect 0.0.0.0:15006 mark 0x539/0xffffffff`.
  private mutating func readTProxy() -> Bool {
    guard takes("redirect") else { return false }
    let place = next()
    guard let colon = place.lastIndex(of: ":") else { return false }
    targetOptions += " --on-port \(place[place.index(after: colon)...]) --on-ip \(place[..<colon])"
    if takes("mark") { targetOptions += " --tproxy-mark \(next())" }
    return true
  }

  private mutating func readCT() {
    while let option = words.first {
      if option == "notrack" {
        targetOptions += " --notrack"
      } else if ["zone", "zone-orig", "zone-reply", "helper", "timeout", "ctevents", "expevents"].contains(
        option),
        let value = words.dropFirst().first
      {
        targetOptions += " --\(option) \(value)"
        words = words.dropFirst()
      } else {
        return
      }
      words = words.dropFirst()
    }
  }

  private mutating func readLog() {
    while let option = words.first, ["flags", "level", "prefix"].contains(option) {
      words = words.dropFirst()
      let value = next()
      switch option {
      case "level": if value != "4" && value != "warning" { targetOptions += " --log-level \(value)" }
      case "prefix": targetOptions += " --log-prefix \(value)"
      default: break
      }
    }
  }
}
