public import NetworkValues

/// Reads the tokens of one rule. A part that is not modelled is kept as text; reading never fails.
struct NftRuleReader {
  private var cursor: NftCursor
  private var parts: [NftPart] = []
  private var comment: String?
  private var counters: Counters?
  private let handle: UInt64?

  /// - Parameter tokens: the tokens of the rule, with the comment that has the handle.
  init(_ tokens: ArraySlice<NftToken>) {
    handle = tokens.last { $0.kind == .comment }.flatMap { Self.handle($0.text) }
    cursor = NftCursor(tokens.filter { $0.kind != .newline && $0.kind != .comment }[...])
  }

  /// The number in ` handle 4`.
  private static func handle(_ comment: String) -> UInt64? {
    let words = comment.split(separator: " ")
    return words.count == 2 && words[0] == "handle" ? UInt64(decimal: words[1]) : nil
  }

  mutating func read() -> NftRule {
    var words = cursor.rest
    while !cursor.isAtEnd {
      let start = cursor.rest
      if readComment() {
        words = words[..<min(start.startIndex, words.endIndex)]
      } else if let part = readPart() {
        parts.append(part)
      } else {
        cursor = NftCursor(start)
        parts.append(.statement(.opaque(takeUnknown())))
      }
    }
    return NftRule(parts, text: words.nftText, comment: comment, handle: handle, counters: counters)
  }

  private mutating func readComment() -> Bool {
    guard cursor.take("comment") else { return false }
    comment = cursor.takeText()
    return true
  }

  /// Consumes a part that is not modelled: up to the next statement whose begin is known.
  private mutating func takeUnknown() -> String {
    var unknown = [NftToken]()
    if let first = cursor.take() { unknown.append(first) }
    unknown += cursor.take { $0.kind == .word && Self.statements.contains($0.text) }
    return unknown.nftText
  }

  private static let statements: Set<String> = [
    "accept", "drop", "return", "continue", "jump", "goto", "counter", "redirect", "dnat", "snat",
    "masquerade",
    "tproxy", "notrack", "reject", "queue", "log", "comment",
  ]

  private mutating func readPart() -> NftPart? {
    if let verdict = cursor.takeVerdict() { return .statement(.verdict(verdict)) }
    guard let word = cursor.first?.text else { return nil }
    switch word {
    case "counter": return .statement(readCounter())
    case "redirect", "dnat", "snat", "masquerade", "tproxy":
      return cursor.takeTranslation().map(NftPart.statement)
    case "notrack":
      cursor.take()
      return .statement(.untrack)
    case "reject", "queue", "log", "dup", "flow", "synproxy", "fwd":
      return .statement(readTrailing())
    case "limit", "quota", "meter", "set", "add", "update", "delete", "rule", "last", "connlimit":
      return nil
    case "xt": return .statement(readExtension())
    default: return readField()
    }
  }

  /// The kind and the name of an extension of iptables, which may be a word of nft: `xt match comment`.
  private mutating func readExtension() -> NftStatement {
    .opaque((0..<3).compactMap { _ in cursor.take() }.nftText)
  }

  private mutating func readCounter() -> NftStatement {
    cursor.take()
    if cursor.take("name") {
      cursor.take()
      return .counter
    }
    guard cursor.take("packets"), let packets = cursor.take().flatMap({ UInt64(decimal: $0.text) }),
      cursor.take("bytes"), let bytes = cursor.take().flatMap({ UInt64(decimal: $0.text) })
    else { return .counter }
    counters = Counters(packets: packets, bytes: bytes)
    return .counter
  }

  /// A statement whose arguments extend to the next statement: `log prefix "in: " level info`.
  private mutating func readTrailing() -> NftStatement {
    let name = cursor.take()?.text ?? ""
    let rest = cursor.take { $0.kind == .word && Self.statements.contains($0.text) }.nftText
    switch name {
    case "reject": return .reject(rest)
    case "queue": return .queue(rest)
    case "log", "dup": return .neutral(rest.isEmpty ? name : "\(name) \(rest)")
    default: return .opaque(rest.isEmpty ? name : "\(name) \(rest)")
    }
  }

  /// A match, a verdict map or an assignment; all begin with fields.
  private mutating func readField() -> NftPart? {
    let start = cursor.rest
    if let statement = cursor.takeAssignment() { return .statement(statement) }
    guard let keys = cursor.takeKeys() else { return nil }
    if cursor.take("vmap") {
      guard let mapping = cursor.takeMapping(keys.map(\.kind), .verdict) else { return nil }
      return .statement(.verdictMap(keys, mapping, text: start[..<cursor.rest.startIndex].nftText))
    }
    let operand = cursor
    guard let (mask, comparison) = cursor.takeComparison(with: keys) else {
      cursor = operand
      guard cursor.takeOtherComparison(with: keys) else { return nil }
      return .statement(.opaque(start[..<cursor.rest.startIndex].nftText))
    }
    let text = start[..<cursor.rest.startIndex].nftText
    return .match(NftMatch(keys, mask: mask, comparison, text: text))
  }
}

extension NftCursor {
  /// Consumes a verdict; nil, with nothing consumed, if there is none.
  mutating func takeVerdict() -> NftVerdict? {
    var cursor = self
    guard let word = cursor.take(), word.kind == .word else { return nil }
    let verdict: NftVerdict?
    switch word.text {
    case "accept": verdict = .accept
    case "drop": verdict = .drop
    case "continue": verdict = .continue
    case "return": verdict = .return
    case "jump": verdict = cursor.takeText().map(NftVerdict.jump)
    case "goto": verdict = cursor.takeText().map(NftVerdict.goto)
    default: verdict = nil
    }
    if verdict != nil { self = cursor }
    return verdict
  }
}

extension NftRule {
  /// Reads a rule in the syntax of `nft`. Parts that are not modelled are kept as text.
  public init(_ text: String) {
    var reader = NftRuleReader(NftToken.tokens(of: text)[...])
    self = reader.read()
  }

  /// The rule with another comment, handle and counters.
  public func with(comment: String?, handle: UInt64?, counters: Counters?) -> NftRule {
    NftRule(parts, text: text, comment: comment, handle: handle, counters: counters)
  }
}
