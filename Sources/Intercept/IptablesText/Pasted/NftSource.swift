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
  init?(_ lines: [NumberedLine]) {
    if let json = lines.first(where: { NftSource(json: $0.text) != nil }) {
      (form, text) = (.nftJSON, json.text)
    } else if lines.contains(where: { LineKind($0.text[...]) == .nftTable }) {
      (form, text) = (.nftText, lines.map { $0.text + "\n" }.joined())
    } else {
      return nil
    }
  }
}
