import NetworkValues

extension NftCursor {
  /// Consumes a statement of NAT or TPROXY; nil if it is not modelled.
  mutating func takeTranslation() -> NftStatement? {
    guard let name = take()?.text else { return nil }
    switch name {
    case "redirect", "masquerade":
      var ports: PortRange?
      if take("to") {
        guard let text = takeText(), text.hasPrefix(":"), let range = PortRange(nft: text.dropFirst()) else {
          return nil
        }
        ports = range
      }
      // The port of a redirection is random, too, if none is given.
      guard takeRangeFlags() || ports.map({ $0.single != nil }) ?? (name == "masquerade") else { return nil }
      return name == "redirect" ? .redirect(ports) : .masquerade(ports)
    case "tproxy": return takeTProxy()
    default:
      guard let translation = takeAddressTranslation(), takeRangeFlags() || translation.isSingle else {
        return nil
      }
      return name == "dnat" ? .dnat(translation) : .snat(translation)
    }
  }

  /// Consumes `random,persistent`; false if the kernel picks a port at random.
  private mutating func takeRangeFlags() -> Bool {
    var isPredictable = true
    while let word = first, ["random", "fully-random", "persistent"].contains(word.text) {
      if word.text != "persistent" { isPredictable = false }
      take()
      _ = takeMark(",")
    }
    return isPredictable
  }

  private mutating func takeTProxy() -> NftStatement? {
    let family = takeFamily()
    guard take("to"), let text = takeText() else { return nil }
    guard let (address, ports) = Self.endpoint(text) else { return nil }
    return .tproxy(family, address.map { IPAddress($0.1, bits: $0.0.lowerBound) }, ports?.lowerBound)
  }

  private mutating func takeFamily() -> IPFamily? {
    if take("ip") { return .ipv4 }
    if take("ip6") { return .ipv6 }
    return nil
  }

  private mutating func takeAddressTranslation() -> NftTranslation? {
    let family = takeFamily()
    if take(words: "addr", ".", "port") {
      guard take("to"), let keys = takeKeys(), take("map") else { return nil }
      let kinds: [NftValueKind] = [family.map { .address($0) } ?? .anyAddress, .port]
      return takeMapping(keys.map(\.kind), .values(kinds)).map { .map(keys, $0) }
    }
    guard !take("prefix"), take("to") else { return nil }
    var ahead = self
    if let keys = ahead.takeKeys(), ahead.take("map") {
      let kinds: [NftValueKind] = [family.map { .address($0) } ?? .anyAddress]
      guard let mapping = ahead.takeMapping(keys.map(\.kind), .values(kinds)), ahead.first?.text != ":" else {
        return nil
      }
      self = ahead
      return .map(keys, mapping)
    }
    guard let text = takeText(), let (address, ports) = Self.endpoint(text) else { return nil }
    return .to(address?.0, address?.1 ?? family, ports)
  }

  /// Reads `10.0.0.1:80`, `[fd00::1]:80-90`, `10.0.0.1-10.0.0.9`, `:80`, `fd00::1`.
  fileprivate static func endpoint(_ text: String) -> ((ClosedRange<UInt128>, IPFamily)?, PortRange?)? {
    var host = text[...]
    var ports: PortRange?
    let isHostAlone = IPAddress(text) != nil || text.contains("-") && text.filter { $0 == ":" }.count > 1
    if !isHostAlone || text.hasPrefix("["), let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
      guard let range = PortRange(nft: text[text.index(after: colon)...]) else { return nil }
      ports = range
      host = text[..<colon]
    }
    if host.isEmpty { return (nil, ports) }
    let plain = String(host.filter { $0 != "[" && $0 != "]" })
    for family in IPFamily.allCases {
      if let range = NftValueKind.address(family).range(plain) { return ((range, family), ports) }
    }
    return nil
  }

  /// Consumes `meta mark set …`, `ct mark set …`, `ct zone set 1` and the like; nil, with nothing consumed, if no
  /// assignment follows.
  mutating func takeAssignment() -> NftStatement? {
    let start = rest
    var cursor = self
    guard let object = cursor.take(), object.kind == .word else { return nil }
    let field = object.text == "mark" ? "mark" : cursor.take()?.text ?? ""
    guard cursor.take("set") else { return nil }
    let kind = object.text == "mark" ? "meta" : object.text
    let statement: NftStatement?
    switch (kind, field) {
    case ("meta", "mark"): statement = cursor.takeMarkChange().map(NftStatement.setMark)
    case ("ct", "mark"): statement = cursor.takeMarkChange().map(NftStatement.setConnectionMark)
    case ("ct", "zone"):
      statement = cursor.takeText().flatMap { UInt16(cText: $0) }.map {
        .setZone(ConntrackZone(rawValue: $0))
      }
    case ("meta", "nftrace"), ("meta", "priority"), ("meta", "broute"), ("ct", "helper"), ("ct", "label"),
      ("ct", "event"), ("ct", "timeout"):
      let value = cursor.take()?.source ?? ""
      statement = .neutral("\(kind) \(field) set \(value)")
    default: statement = nil
    }
    guard let statement else { return nil }
    self = cursor
    _ = start
    return statement
  }

  /// Consumes the new value of a mark: a constant, or another mark with bits masked, set or inverted.
  private mutating func takeMarkChange() -> NftMarkChange? {
    if let constant = first.flatMap({ UInt32(cText: $0.text) }) {
      take()
      return NftMarkChange(Mark(rawValue: constant))
    }
    let isGrouped = takeMark("(")
    guard let source = takeMarkSource() else { return nil }
    var (mask, value) = (UInt32.max, UInt32(0))
    while let word = first, ["&", "and", "|", "or", "^", "xor"].contains(word.text) {
      take()
      guard let operand = takeText().flatMap({ UInt32(cText: $0) }) else { return nil }
      switch word.text {
      case "&", "and": (mask, value) = (mask & operand, value & operand)
      case "|", "or": (mask, value) = (mask & ~operand, value & ~operand | operand)
      default: value ^= operand
      }
      if isGrouped { _ = takeMark(")") }
    }
    return NftMarkChange(source, mask: mask, value: value)
  }

  private mutating func takeMarkSource() -> NftMarkChange.Source? {
    if take(words: "meta", "mark") || take("mark") { return .packet }
    if take(words: "ct", "mark") { return .connection }
    return nil
  }
}

extension NftTranslation {
  /// Reads `10.0.0.1:80`, `[fd00::1]:80-90`, `10.0.0.1-10.0.0.9`, as `nft` and iptables write them; nil for other text.
  package init?(endpoint text: String) {
    guard let (address, ports) = NftCursor.endpoint(text) else { return nil }
    self = .to(address?.0, address?.1, ports)
  }

  /// True for one address and one port at most.
  package var isSingle: Bool {
    switch self {
    case .to(let addresses, _, let ports):
      addresses.map { $0.lowerBound == $0.upperBound } ?? true && ports.map { $0.single != nil } ?? true
    case .map, .opaque: true
    }
  }
}

extension PortRange {
  /// Reads `80` or `8000-8100`; nil for other text.
  fileprivate init?(nft text: Substring) {
    guard let range = NftValueKind.port.range(String(text)) else { return nil }
    self.init(range)
  }
}
