/// Output of `nft list ruleset` or `nft -j list ruleset`, found in a text and without the envelopes of logs.
struct NftSource {
  let form: RulesForm
  let text: String

  /// Recognises a JSON document of nft; nil for other texts.
  init?(json text: String) {
    let start = text.prefix(200).filter { !$0.isWhitespace }
    guard start.hasPrefix("{\"nftables\":") else { return nil }
    (form, self.text) = (.nftJSON, text)
  }

  /// Recognises either form in lines without envelopes; nil for other texts.
  init?(_ lines: NumberedLines) {
    if let json = lines.first(where: { NftSource(json: $0.text) != nil }) {
      (form, text) = (.nftJSON, json.text)
    } else if let first = lines.firstIndex(where: { LineKind($0.text[...]) == .nftTable }),
      let last = lines.lastIndex(where: { $0.text.hasSuffix("}") }), first <= last
    {
      let listing = lines[first...last].filter { !Self.isWarning($0.text) }
      (form, text) = (.nftText, listing.map { $0.text + "\n" }.joined())
    } else {
      return nil
    }
  }

  /// True for a line that nft or its extensions write to the standard error stream.
  private static func isWarning(_ line: String) -> Bool {
    line.hasPrefix("Warning: ") || line.hasPrefix("XT ") || line.hasPrefix("# Warning: ")
  }
}
