import NetworkValues

/// Output of `nft list ruleset` or `nft -j list ruleset`, found in a text and without the envelopes of logs.
struct NftSource {
  let form: RulesForm
  let text: String
  /// The lines between the tables, and the reason for which the text is incomplete.
  private(set) var report = RulesReport()

  /// Recognises a JSON document of nft; nil for other texts.
  init?(json text: String) {
    guard text.utf8.first(where: { !$0.isWhitespace }) == UInt8(ascii: "{") else { return nil }
    let start = text.prefix(200).filter { !$0.isWhitespace }
    guard start.hasPrefix("{\"nftables\":") else { return nil }
    (form, self.text) = (.nftJSON, text)
    report.forms = [form]
  }

  /// Recognises either form in lines without envelopes; nil for other texts.
  ///
  /// - Parameter isCut: true if no newline ends the last line.
  init?(_ lines: NumberedLines, isCut: Bool) {
    if let json = lines.first(where: { NftSource(json: $0.text) != nil }) {
      (form, text) = (.nftJSON, json.text)
    } else if lines.contains(where: { $0.text.hasPrefix("table") && LineKind($0.text[...]) == .nftTable }) {
      var listing = NftTableLines()
      for line in lines { listing.add(line) }
      listing.finish(isCut: isCut)
      (form, text) = (.nftText, listing.text)
      report.passedOver = listing.passedOver
      report.gap = listing.gap
      report.endsEarly = listing.endsEarly
    } else {
      return nil
    }
    report.forms = [form]
  }
}

/// The lines of tables in a listing of `nft`, without those between the tables.
private struct NftTableLines {
  private(set) var passedOver = PassedOverLines()
  private(set) var gap: String?
  /// True if the last table is not closed.
  private(set) var endsEarly = false
  private var lines: [String] = []
  /// Number of open braces.
  private var depth = 0
  private var lastNumber = 0
  private var isInChain = false
  /// The index in `lines` of the beginning of the open chain.
  private var chainBeginning: Int?

  var text: String { lines.map { $0 + "\n" }.joined() }

  mutating func add(_ line: NumberedLine) {
    let kind = LineKind(line.text[...])
    // An error names the line of the file: lines that are left out become blank ones.
    lines += Array(repeating: "", count: max(0, line.number - lines.count - 1))
    if depth == 0, kind != .nftTable { return passOver(line, kind) }
    if kind == .gap { gap = "line \(line.number) leaves lines out" }
    guard kind != .separator, kind != .gap, !Self.isWarning(line.text) else { return }
    noteChain(line.text)
    lines.append(line.text)
    noteCut(line)
    depth = max(0, depth + Self.openedBraces(in: line.text))
    lastNumber = line.number
  }

  /// True for a comment, and for a line before the rules of a chain.
  private static func isHeading(_ line: String) -> Bool {
    ["type ", "comment ", "devices ", "policy ", "flags ", "#"].contains { line.hasPrefix($0) }
  }

  /// Notes the beginning or the end of a chain.
  private mutating func noteChain(_ line: String) {
    if line.hasPrefix("chain ") {
      (isInChain, chainBeginning) = (true, lines.count)
    } else if line.hasPrefix("}") {
      (isInChain, chainBeginning) = (false, nil)
    }
  }

  /// Notes a rule without a statement: the beginning of one that a narrow window split.
  private mutating func noteCut(_ line: NumberedLine) {
    guard isInChain, !line.text.isEmpty, !Self.isHeading(line.text), gap == nil else { return }
    let isJump = line.text.hasSuffix(" jump") || line.text.hasSuffix(" goto")
    if isJump || !Self.mayBeWhole(line.text) { gap = "line \(line.number) is cut" }
  }

  private mutating func passOver(_ line: NumberedLine, _ kind: LineKind) {
    if kind == .gap { gap = "line \(line.number) leaves lines out" }
    if line.text.hasPrefix("chain "), line.text.hasSuffix("{") {
      gap = "line \(line.number) is in a table whose beginning is missing"
    }
    let isNoise = kind == .blank || kind == .separator || kind == .comment || Self.isWarning(line.text)
    if !isNoise { passedOver.add(line, .text) }
  }

  /// Closes the tables that are open at the end, without a last line that may be cut.
  mutating func finish(isCut: Bool) {
    guard depth > 0 else { return }
    endsEarly = true
    gap = "the text ends in a table, in line \(lastNumber)"
    if let last = lines.last, isCut || !Self.mayBeWhole(last) {
      lines.removeLast()
      depth -= Self.openedBraces(in: last)
    }
    removeEmptyChain()
    lines += Array(repeating: "}", count: min(max(depth, 0), 8))
  }

  /// Removes the beginning of the last chain if the text ends before its first rule: the chain is not shown.
  private mutating func removeEmptyChain() {
    guard let chainBeginning, chainBeginning < lines.count, depth > 1,
      lines[chainBeginning...].dropFirst().allSatisfy({ $0.isEmpty || Self.isHeading($0) })
    else { return }
    lines.removeSubrange(chainBeginning...)
    depth = 1
  }

  private static let ends: Set<Substring> = [
    "accept", "drop", "return", "continue", "jump", "goto", "counter", "redirect", "dnat", "snat",
    "masquerade", "tproxy", "reject", "queue", "notrack", "log", "set", "target", "policy", "{", "}",
    "vmap", "dup", "fwd", "flow", "synproxy", "quota", "limit", "last", "add", "update", "delete",
  ]

  /// True for a line with a statement, and for the beginning and end of a part.
  private static func mayBeWhole(_ line: String) -> Bool { line[...].words.contains(where: ends.contains) }

  /// True for a line that nft or its extensions write to the standard error stream.
  private static func isWarning(_ line: String) -> Bool {
    line.hasPrefix("Warning: ") || line.hasPrefix("XT ") || line.hasPrefix("# Warning: ")
  }

  /// The number of opening braces minus that of closing ones, outside of strings and comments.
  private static func openedBraces(in line: String) -> Int {
    var count = 0
    var isQuoted = false
    for byte in line.utf8 {
      switch byte {
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: "#") where !isQuoted: return count
      case UInt8(ascii: "{") where !isQuoted: count += 1
      case UInt8(ascii: "}") where !isQuoted: count -= 1
      default: break
      }
    }
    return count
  }
}
